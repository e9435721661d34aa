using Nuke.Common;

internal interface IPin : IHazStores, IHazOperations
{
    Target Pin => _ => _
        .Description("Marks a backup to be kept for good")
        .Executes(() => Operations.PinAsync(pinned: true));

    Target Unpin => _ => _
        .Description("Lifts the mark of a backup to be kept for good")
        .Executes(() => Operations.PinAsync(pinned: false));
}
