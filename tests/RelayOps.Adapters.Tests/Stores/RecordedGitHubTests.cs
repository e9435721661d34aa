using System.Text;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>What the client makes of answers that GitHub itself once gave, and that it asks as was asked then.</summary>
public sealed class RecordedGitHubTests : IDisposable
{
    private const string Text = "Hello, world!\n";

    private readonly List<IDisposable> opened = [];

    private RecordedGitHub github = null!;
    private GitHubRestClient client = null!;

    public void Dispose() => opened.ForEach(one => one.Dispose());

    [Fact]
    public async Task Repository_is_public()
    {
        await PlayAsync("get-repository", "hello-world");

        var exposure = await GitHubVisibility.AskAsync(client, CancellationToken.None);

        Assert.Equal(RepositoryVisibility.Public, exposure.Visibility);
        RequireAskedAsRecorded(1);
    }

    [Fact]
    public async Task Release_is_found_gets_an_asset_and_loses_it()
    {
        await PlayAsync("release-assets");
        using var releases = new RestReleases(client);

        var release = (await releases.FindAsync("v1.0.0", CancellationToken.None))!;
        await UploadAsync(releases, release);
        var asset = await client.GetAsync(Request(HttpMethod.Get, "releases/assets/1000"), GitHubJson.Default.AssetJson, CancellationToken.None);
        await releases.DeleteAssetAsync(new ReleaseAsset(asset.Id, asset.Name, asset.Size, IsWhole: true, Sha256: null), CancellationToken.None);

        Assert.Equal((1000, "v1.0.0", "Initial release", false, false), (release.Id, release.Tag, release.Body, release.IsDraft, release.IsImmutable));
        Assert.Equal(new DateTimeOffset(2017, 10, 10, 16, 0, 0, TimeSpan.Zero), release.CreatedAt);
        Assert.Empty(release.Assets);
        Assert.Equal(("test-upload.txt", "uploaded", Text.Length, null), (asset.Name, asset.State, (int)asset.Size, asset.Digest));
        RequireAskedAsRecorded(4);
    }

    [Fact]
    public async Task Asset_of_the_same_name_is_told_from_other_refusals()
    {
        await PlayAsync("release-assets-conflict");
        using var releases = new RestReleases(client);
        var release = (await releases.FindAsync("v1.0.0", CancellationToken.None))!;

        await Assert.ThrowsAsync<AssetExistsException>(() => UploadAsync(releases, release));
        await releases.DeleteAssetAsync(new ReleaseAsset(1000, "test-upload.txt", Text.Length, IsWhole: true, Sha256: null), CancellationToken.None);
        await UploadAsync(releases, release);

        RequireAskedAsRecorded(4);
    }

    [Fact]
    public async Task Pages_are_followed_to_the_last_one_by_the_addresses_that_GitHub_gives()
    {
        await PlayAsync("paginate-issues");

        var issues = await client.ListAsync(Request(HttpMethod.Get, "issues?per_page=3"), GitHubJson.Default.IssueJsonArray, page => page, CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 13).Reverse(), issues.Select(issue => issue.Number));
        Assert.All(issues, issue => Assert.Equal("open", issue.State));
        RequireAskedAsRecorded(5);
    }

    [Fact]
    public async Task Refusal_says_which_field_GitHub_did_not_like()
    {
        await PlayAsync("errors");
        var request = Request(HttpMethod.Post, "labels") with { Content = _ => new StringContent("""{"name":"foo","color":"invalid"}""", Encoding.UTF8, "application/json") };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => client.SendAsync(request, CancellationToken.None));

        Assert.Contains("GitHub answered 422: Validation Failed: color invalid", error.Why, StringComparison.Ordinal);
        RequireAskedAsRecorded(1);
    }

    [Fact]
    public async Task Download_follows_to_another_host_and_leaves_the_token_behind()
    {
        await PlayAsync("get-archive");

        await using var content = await GitHubDownload.OpenAsync(client, Request(HttpMethod.Get, "tarball/main"), CancellationToken.None);
        using var bytes = new MemoryStream();
        await content!.CopyToAsync(bytes);

        Assert.Equal([0x1f, 0x8b], bytes.ToArray()[..2]);
        Assert.Equal([true, false], github.Exchanges.Select(exchange => exchange.Asked.Authorization is not null));
    }

    [Fact]
    public async Task Repository_that_was_renamed_is_found_under_its_new_name()
    {
        await PlayAsync("rename-repository");

        var exposure = await GitHubVisibility.AskAsync(client, CancellationToken.None);

        Assert.Equal(RepositoryVisibility.Public, exposure.Visibility);
        Assert.Equal(["/repos/octokit-fixture-org/rename-repository", "/repositories/1000"], github.Exchanges.Select(exchange => exchange.Asked.Path));
    }

    private async Task PlayAsync(string scenario, string? repository = null)
    {
        opened.Add(github = await RecordedGitHub.PlayAsync(scenario));
        opened.Add(client = new GitHubRestClient(new GitHubConnection
        {
            Repository = GitHubRepository.Parse($"octokit-fixture-org/{repository ?? scenario}"),
            Token = "ghs_none",
            ApiUrl = github.Url,
        }));
    }

    private static Task UploadAsync(RestReleases releases, Release release) => releases.UploadAsync(
        release, new NewAsset("test-upload.txt", Text.Length, "unused"), _ => Task.FromResult<Stream>(new MemoryStream(Encoding.ASCII.GetBytes(Text))), CancellationToken.None);

    private GitHubRequest Request(HttpMethod method, string path) => new(method, $"repos/{client.Connection.Repository}/{path}", "asking");

    /// <summary>Method and path are, or there would have been no answer; the media type is spelled without its version by now.</summary>
    private void RequireAskedAsRecorded(int requests)
    {
        Assert.Equal(requests, github.Exchanges.Count);
        Assert.All(github.Exchanges, exchange =>
        {
            Assert.NotNull(exchange.Recorded);
            Assert.Equal(((string)exchange.Recorded["reqheaders"]!["accept"]!).Replace(".v3+", "+", StringComparison.Ordinal), exchange.Asked.Accept);
            Assert.Equal("Bearer ghs_none", exchange.Asked.Authorization);
            if ((int?)exchange.Recorded["reqheaders"]!["content-length"] is { } length)
                Assert.Equal(length, exchange.Asked.Body.Length);
        });
    }
}
