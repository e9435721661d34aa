using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core;
using RelayOps.Core.Backups;

namespace RelayOps.Adapters.Tests.Stores;

public sealed class GitHubExposureTests : IDisposable
{
    private static readonly BackupId Id = BackupId.Get("20250805_142530");

    private readonly GitHubScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData("public", false)]
    [InlineData("public", true)]
    [InlineData("internal", true)]
    [InlineData("private", false)]
    [InlineData("unheard-of", true)]
    [InlineData(null, true)]
    public async Task PutAsync_sends_no_plaintext_to_a_repository_that_is(string? visibility, bool allowPlaintext)
    {
        scene.Server.Visibility = visibility;
        using var store = Open(allowPlaintext);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() =>
            store.PutAsync(GitHubScene.Source(GitHubRecords.Of(Id, [1, 2, 3]), [1, 2, 3]), CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("--encrypt-to", error.Next, StringComparison.Ordinal);
        Assert.All(scene.Server.Requests, request => Assert.StartsWith("GET", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task PutAsync_sends_no_plaintext_when_the_api_is_broken()
    {
        for (var i = 0; i < 5; i++)
            scene.Server.Fail(Fault.Status("GET", 500, "no"));
        using var store = Open(allowPlaintext: true);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() =>
            store.PutAsync(GitHubScene.Source(GitHubRecords.Of(Id, [1, 2, 3]), [1, 2, 3]), CancellationToken.None));

        Assert.Contains("could not be established", error.Why, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Equal(5, scene.Server.Requests.Count);
    }

    [Theory]
    [InlineData("private", ".tar.gz", true)]
    [InlineData("public", ".tar.gz.age", false)]
    [InlineData("internal", ".tar.gz.age", false)]
    public async Task PutAsync_sends_what_others_may_have(string visibility, string extension, bool allowPlaintext)
    {
        scene.Server.Visibility = visibility;
        using var store = Open(allowPlaintext);

        await store.PutAsync(GitHubScene.Source(GitHubRecords.Of(Id, [1, 2, 3], extension), [1, 2, 3]), CancellationToken.None);

        Assert.Single(await store.ListAsync(CancellationToken.None));
    }

    private ReleaseStore Open(bool allowPlaintext)
    {
        var connection = scene.Connection();
        return new ReleaseStore(connection, allowPlaintext, scene.Reporter, new RestReleases(new GitHubRestClient(connection)), 1L << 30);
    }
}
