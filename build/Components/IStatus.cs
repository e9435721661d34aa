using Nuke.Common;

internal interface IStatus : IHazServer, IHazStores, IHazReporting, IHazOperations
{
    [Parameter("Oldest age of the newest verified backup, e.g. 2d. Default: 26h"), Duration]
    string MaxAge => TryGetValue(() => MaxAge) ?? "26h";

    [PrintsJson]
    Target Status => _ => _
        .Description("Tells how service, Redis and disk of --server are, and the age of the newest verified backup; fails when one is unwell or the backup older than --max-age")
        .Executes(() => Operations.StatusAsync());
}
