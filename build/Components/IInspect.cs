using Nuke.Common;

internal interface IInspect : IHazServer, IHazStores, IHazEncryption, IHazSignatures, IHazReporting, IHazOperations
{
    [Parameter("Inspect: another backup (its id, 'latest', or a path), or 'live' for the deployment as it runs; shows what is different")]
    string? Against => TryGetValue(() => Against);

    [PrintsJson]
    Target Inspect => _ => _
        .Description("What is inside one backup: files, keys by prefix, TTLs, versions, image digests; with --against what is different")
        .Executes(() => Operations.InspectAsync());
}
