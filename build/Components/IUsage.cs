using Nuke.Common;

internal interface IUsage : IHazServer, IHazStores, IHazEncryption, IHazSignatures, IHazReporting, IHazOperations
{
    [PrintsJson]
    Target Usage => _ => _
        .Description("Sizes of everything in the deployment, their growth since earlier runs, and when the disk is full")
        .Executes(() => Operations.UsageAsync());
}
