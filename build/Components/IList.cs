using Nuke.Common;

internal interface IList : IHazServer, IHazStores, IHazReporting, IHazOperations
{
    [Parameter("List: only backups that are not older, e.g. 7d"), Duration]
    string? Since => TryGetValue(() => Since);

    [Parameter("List: only backups verified at least so far: sealed, quick, deep or drill"), OneOf("sealed", "quick", "deep", "drill")]
    string? Verified => TryGetValue(() => Verified);

    [Parameter("List: only pinned backups")]
    bool Pinned => TryGetValue<bool?>(() => Pinned) ?? false;

    [PrintsJson]
    Target List => _ => _
        .Description("Lists every backup in every configured store; --server, --since, --verified and --pinned choose from them")
        .Executes(() => Operations.ListAsync());
}
