using Nuke.Common;

internal interface IStatus : IHazServer, IHazStores, IHazOperations
{
    [Parameter("Oldest age of the newest verified backup, e.g. 2d. Default: 26h"), Duration]
    string MaxAge => TryGetValue(() => MaxAge) ?? "26h";

    [PrintsJson]
    Target Status => _ => _
        .Description("Tells the age of the newest verified backup; fails when it is older than --max-age")
        .Executes(() => Operations.StatusAsync());
}
