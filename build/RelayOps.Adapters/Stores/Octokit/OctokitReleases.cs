using Octokit;
using RelayOps.Adapters.Stores.GitHub;
using NewRelease = Octokit.NewRelease;
using Release = RelayOps.Adapters.Stores.GitHub.Release;
using ReleaseAsset = RelayOps.Adapters.Stores.GitHub.ReleaseAsset;

namespace RelayOps.Adapters.Stores.Octokit;

/// <summary>
/// Releases through Octokit. It copies an asset into memory to upload it, takes no stream that cannot be searched, and tells neither an
/// asset's digest nor whether a release is immutable: reading and moving bytes is left to plain REST.
/// </summary>
internal sealed class OctokitReleases : IGitHubReleases
{
    private readonly OctokitCalls calls;
    private readonly RestReleases rest;

    public OctokitReleases(GitHubConnection connection)
    {
        calls = new OctokitCalls(connection);
        rest = new RestReleases(new GitHubRestClient(connection));
    }

    public Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken) => rest.ListAsync(cancellationToken);

    public Task<Release?> FindAsync(string tag, CancellationToken cancellationToken) => rest.FindAsync(tag, cancellationToken);

    public Task<Release> GetAsync(long id, CancellationToken cancellationToken) => rest.GetAsync(id, cancellationToken);

    public async Task<Release> CreateDraftAsync(string tag, string body, CancellationToken cancellationToken)
    {
        var draft = new NewRelease(tag) { Name = tag, Body = body, Draft = true, MakeLatest = MakeLatestQualifier.False };
        var created = await calls.DoAsync($"creating release {tag}", mayRepeat: false, github => github.Repository.Release.Create(calls.Owner, calls.Name, draft), cancellationToken);
        return await rest.GetAsync(created.Id, cancellationToken);
    }

    public async Task<Release> PublishAsync(Release draft, CancellationToken cancellationToken)
    {
        await EditAsync(draft, new ReleaseUpdate { TagName = draft.Tag, Draft = false, MakeLatest = MakeLatestQualifier.False }, "publishing", cancellationToken);
        return await rest.GetAsync(draft.Id, cancellationToken);
    }

    public Task SaveBodyAsync(Release release, string body, CancellationToken cancellationToken) =>
        EditAsync(release, new ReleaseUpdate { Body = body }, "changing the text of", cancellationToken);

    /// <summary>By plain REST, which knows what an immutable release answers.</summary>
    public Task DeleteAsync(Release release, CancellationToken cancellationToken) => rest.DeleteAsync(release, cancellationToken);

    public Task UploadAsync(Release draft, NewAsset asset, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken) =>
        rest.UploadAsync(draft, asset, open, cancellationToken);

    public Task DeleteAssetAsync(ReleaseAsset asset, CancellationToken cancellationToken) => rest.DeleteAssetAsync(asset, cancellationToken);

    public Task<Stream?> OpenAsync(ReleaseAsset asset, long from, CancellationToken cancellationToken) => rest.OpenAsync(asset, from, cancellationToken);

    public void Dispose() => rest.Dispose();

    private Task<global::Octokit.Release> EditAsync(Release release, ReleaseUpdate change, string action, CancellationToken cancellationToken) =>
        calls.DoAsync($"{action} release {release.Tag}", mayRepeat: true, github => github.Repository.Release.Edit(calls.Owner, calls.Name, release.Id, change), cancellationToken);
}
