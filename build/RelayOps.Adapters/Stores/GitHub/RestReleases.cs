using System.Net;
using System.Net.Http.Headers;
using RelayOps.Core;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Releases over plain REST. https://docs.github.com/en/rest/releases</summary>
internal sealed class RestReleases(GitHubRestClient client) : IGitHubReleases
{
    private const string Binary = "application/octet-stream";
    private const string DigestPrefix = "sha256:";

    private readonly string releases = $"repos/{client.Connection.Repository}/releases";

    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken) =>
        [
            .. (await client.ListAsync(Request(HttpMethod.Get, releases + "?per_page=100", "listing the releases"), GitHubJson.Default.ReleaseJsonArray,
                page => page, cancellationToken)).Select(Describe),
        ];

    public async Task<Release?> FindAsync(string tag, CancellationToken cancellationToken) =>
        await client.FindAsync(Request(HttpMethod.Get, $"{releases}/tags/{Uri.EscapeDataString(tag)}", $"asking for release {tag}"),
            GitHubJson.Default.ReleaseJson, cancellationToken) is { } found ? Describe(found) : null;

    public async Task<Release> GetAsync(long id, CancellationToken cancellationToken) =>
        Describe(await client.GetAsync(Request(HttpMethod.Get, $"{releases}/{id}", "asking for a release"), GitHubJson.Default.ReleaseJson, cancellationToken));

    public async Task<Release> CreateDraftAsync(string tag, string body, CancellationToken cancellationToken)
    {
        // A backup is no version of what the repository holds: it never becomes its latest release.
        var draft = new NewRelease(tag, tag, body, Draft: true, MakeLatest: "false");
        var request = Request(HttpMethod.Post, releases, $"creating release {tag}") with { Content = _ => GitHubJson.Content(draft) };
        return Describe(await client.GetAsync(request, GitHubJson.Default.ReleaseJson, cancellationToken));
    }

    public Task<Release> PublishAsync(Release draft, CancellationToken cancellationToken) =>
        ChangeAsync(draft, new ReleaseChange(Draft: false, MakeLatest: "false"), "publishing", cancellationToken);

    public Task SaveBodyAsync(Release release, string body, CancellationToken cancellationToken) =>
        ChangeAsync(release, new ReleaseChange(Body: body), "changing the text of", cancellationToken);

    public async Task DeleteAsync(Release release, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync(Request(HttpMethod.Delete, $"{releases}/{release.Id}", $"deleting release {release.Tag}"), cancellationToken,
                HttpStatusCode.NotFound);
        }
        catch (RelayOpsException e) when (release.IsImmutable && !e.IsTransient)
        {
            throw new RelayOpsException($"release {release.Tag} cannot be deleted", "the repository's releases are immutable: " + e.Why,
                "delete it by hand where the repository's settings allow that, or use another store for what retention shall remove", ExitStatus.Failed, e);
        }

        // A draft has no tag yet, and that of an immutable release stays.
        var tag = $"repos/{client.Connection.Repository}/git/refs/tags/{Uri.EscapeDataString(release.Tag)}";
        if (!release.IsDraft)
            await client.DeleteAsync(Request(HttpMethod.Delete, tag, $"deleting tag {release.Tag}"), cancellationToken,
                HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity);
    }

    public async Task UploadAsync(Release draft, NewAsset asset, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        await using var content = await open(cancellationToken);
        var address = $"{draft.UploadAddress.Split('{')[0]}?name={Uri.EscapeDataString(asset.Name)}";
        var sent = false;
        var request = Request(HttpMethod.Post, address, $"uploading {asset.Name}") with
        {
            Content = guard =>
            {
                // After a rate limit the client asks again; what has been read is read no second time.
                if (sent)
                    throw new RelayOpsException($"uploading {asset.Name} failed", "GitHub asked to wait", "run the same command again", ExitStatus.NoConnection)
                    { IsTransient = true };
                sent = true;
                return new StreamContent(new ProgressStream(content, _ => guard.Touch()), 128 * 1024)
                { Headers = { ContentType = new MediaTypeHeaderValue(Binary), ContentLength = asset.SizeBytes } };
            },
        };
        using var response = await client.SendAsync(request, cancellationToken, HttpStatusCode.UnprocessableEntity);
        if (response.StatusCode != HttpStatusCode.UnprocessableEntity)
            return;
        var error = await client.ReadErrorAsync(response, cancellationToken);
        throw error.Codes.Contains("already_exists") ? new AssetExistsException(asset.Name) : GitHubFailure.Answer(request.Action, response.StatusCode, error.Message);
    }

    public Task DeleteAssetAsync(ReleaseAsset asset, CancellationToken cancellationToken) =>
        client.DeleteAsync(Request(HttpMethod.Delete, $"{releases}/assets/{asset.Id}", $"deleting {asset.Name}"), cancellationToken, HttpStatusCode.NotFound);

    public Task<Stream?> OpenAsync(ReleaseAsset asset, long from, CancellationToken cancellationToken) =>
        GitHubDownload.OpenAsync(client, Request(HttpMethod.Get, $"{releases}/assets/{asset.Id}", $"downloading {asset.Name}") with { Accept = Binary, From = from },
            cancellationToken);

    public void Dispose() => client.Dispose();

    private async Task<Release> ChangeAsync(Release release, ReleaseChange change, string action, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Patch, $"{releases}/{release.Id}", $"{action} release {release.Tag}") with { Content = _ => GitHubJson.Content(change) };
        return Describe(await client.GetAsync(request, GitHubJson.Default.ReleaseJson, cancellationToken));
    }

    private GitHubRequest Request(HttpMethod method, string address, string action) => new(method, address, $"{action} in {client.Connection.Repository}");

    private static Release Describe(ReleaseJson release) => new()
    {
        Id = release.Id,
        Tag = release.TagName,
        Body = release.Body ?? "",
        IsDraft = release.Draft,
        IsImmutable = release.Immutable ?? false,
        CreatedAt = release.CreatedAt,
        Address = release.HtmlUrl,
        UploadAddress = release.UploadUrl,
        Assets = [.. (release.Assets ?? []).Select(asset => new ReleaseAsset(asset.Id, asset.Name, asset.Size, asset.State == "uploaded", Digest(asset.Digest)))],
    };

    /// <summary>Null for any other algorithm.</summary>
    internal static string? Digest(string? digest) =>
        digest?.StartsWith(DigestPrefix, StringComparison.Ordinal) == true ? digest[DigestPrefix.Length..].ToLowerInvariant() : null;
}
