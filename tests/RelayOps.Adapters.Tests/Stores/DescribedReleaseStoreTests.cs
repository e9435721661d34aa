using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>The stores' contract with GitHub's own description between client and server.</summary>
[Collection(ByDescription.Name)]
public class DescribedReleaseStoreTests : StoreContract, IDisposable
{
    private readonly DescribedGitHub github;
    private readonly GitHubScene scene;
    private ReleaseStore? opened;

    public DescribedReleaseStoreTests(DescribedGitHub github)
    {
        this.github = github;
        scene = new GitHubScene(github.Anew());
    }

    protected override IBackupStore Store => Releases;

    private ReleaseStore Releases => opened ??= new ReleaseStore(
        scene.Connection(), allowPlaintext: true, scene.Reporter, Connect(scene.Connection()), 100_000);

    /// <summary>Three parts, and nothing but ASCII: prism reads a body as text, slowly.</summary>
    protected override byte[] LargeArchive => [.. GitHubScene.Bytes(200_001).Select(value => (byte)(value & 0x7f))];

    public void Dispose()
    {
        opened?.Dispose();
        scene.Dispose();
        GC.SuppressFinalize(this);
        github.RequireNoViolations();
    }

    [Fact]
    public async Task PutAsync_finishes_the_draft_of_an_earlier_run_page_by_page()
    {
        github.Server.PageSize = 1;
        github.Server.Add(new FakeRelease { Tag = "claude-relay-backup-20250101_000000", CreatedAt = DateTimeOffset.UtcNow.AddDays(-2) });
        var draft = github.Server.Add(new FakeRelease { Tag = "claude-relay-backup-20250805_142530" });
        draft.Assets.Add(new FakeAsset { Id = 1, Name = "claude-relay-backup-20250805_142530.tar.gz", Content = "other"u8.ToArray() });

        await PutAsync(Newest, "an archive"u8.ToArray());

        Assert.Same(draft, Assert.Single(github.Server.Releases));
        Assert.Equal(Newest, Assert.Single(await Releases.ListAsync(CancellationToken.None)).Id);
    }

    [Fact]
    public async Task DeleteAsync_removes_the_tag_as_well()
    {
        var put = await PutAsync(Newest, "an archive"u8.ToArray());

        await Releases.DeleteAsync(put, CancellationToken.None);

        Assert.Contains("DELETE /repos/o/r/git/refs/tags/claude-relay-backup-20250805_142530", github.Server.Requests);
    }

    protected override Task<StoredBackup> PutAsync(BackupId id, byte[] content) =>
        Releases.PutAsync(GitHubScene.Source(RecordOf(id, content), content), CancellationToken.None);

    private protected virtual IGitHubReleases Connect(GitHubConnection connection) => new RestReleases(new GitHubRestClient(connection));
}
