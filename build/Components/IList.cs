using Nuke.Common;

internal interface IList : IHazStores, IHazReporting, IHazOperations
{
    Target List => _ => _
        .Description("Lists every backup in every configured store")
        .Executes(() => Operations.ListAsync());
}
