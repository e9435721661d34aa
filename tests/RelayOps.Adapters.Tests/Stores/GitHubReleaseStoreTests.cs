using System.Net;
using System.Security.Cryptography;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

public class GitHubReleaseStoreTests : RemoteStoreContract, IDisposable
{
    private const int PartSize = 1_000_000;

    private readonly GitHubScene scene = new();
    private ReleaseStore? opened;

    protected override IBackupStore Store => Releases;

    private ReleaseStore Releases => opened ??= Open();

    private FakeGitHub Server => scene.Server;

    protected override Task<StoredBackup> PutAsync(BackupId id, byte[] content) =>
        Releases.PutAsync(GitHubScene.Source(RecordOf(id, content), content), CancellationToken.None);

    protected override void BreakNextDownload() => scene.BreakNextDownload();

    protected override void DamageNextDownload() => scene.DamageNextDownload();

    public void Dispose()
    {
        opened?.Dispose();
        scene.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task PutAsync_publishes_archive_and_checksum_in_a_release_of_their_own()
    {
        await PutAsync(Newest, [1, 2, 3]);

        var release = Assert.Single(Server.Releases);
        Assert.False(release.Draft);
        Assert.Equal("claude-relay-backup-20250805_142530", release.Tag);
        Assert.Equal(["claude-relay-backup-20250805_142530.sha256", "claude-relay-backup-20250805_142530.tar.gz"], release.Assets.Select(asset => asset.Name).Order());
        Assert.Contains("sha256sum -c claude-relay-backup-20250805_142530.sha256", release.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutAsync_cuts_a_large_archive_into_parts_that_are_read_as_one()
    {
        var content = GitHubScene.Bytes(PartSize * 2 + 7);

        var put = await PutAsync(Newest, content);

        Assert.Equal([PartSize, PartSize, 7], Server.Releases[0].Assets.Where(asset => asset.Name.Contains(".part", StringComparison.Ordinal)).Select(asset => asset.Content.Length));
        Assert.Equal((content.LongLength, "claude-relay-backup-20250805_142530.tar.gz"), (put.SizeBytes, put.Archive));
        await using var stream = await Releases.OpenAsync(put, CancellationToken.None);
        Assert.Equal(put.Sha256, await GitHubScene.HashAsync(stream));
    }

    [Theory]
    [InlineData("part002", true)]
    [InlineData("part003", true)]
    [InlineData("part001", false)]
    [InlineData("part002", false)]
    public async Task OpenAsync_ends_in_exit_4_when_a_part_is_missing(string part, bool hasManifest)
    {
        var put = await PutAsync(Newest, GitHubScene.Bytes(PartSize * 2 + 7));
        Server.Releases[0].Assets.RemoveAll(asset => asset.Name.EndsWith(part, StringComparison.Ordinal));
        if (!hasManifest)
            Server.Releases[0].Body = "edited";

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Releases.OpenAsync(put, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("is not whole", error.What, StringComparison.Ordinal);
        Assert.Contains($"there is no {put.Archive}.{part}", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_ends_in_exit_4_when_the_manifest_lacks_a_part()
    {
        var put = await PutAsync(Newest, GitHubScene.Bytes(PartSize * 2 + 7));
        Server.Releases[0].Body = ReleaseText.Write(put.Record!, [.. ReleaseText.FindParts(Server.Releases[0].Body)!.Take(2)]);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Releases.OpenAsync(put, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains($"does not name {put.Archive}.part003", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_reads_parts_whose_manifest_somebody_edited_away()
    {
        var put = await PutAsync(Newest, GitHubScene.Bytes(PartSize * 2 + 7));
        Server.Releases[0].Body = "edited";

        await using var stream = await Releases.OpenAsync(put, CancellationToken.None);

        Assert.Equal(put.Sha256, await GitHubScene.HashAsync(stream));
    }

    [Fact]
    public async Task PutAsync_leaves_a_copy_that_is_there_already()
    {
        var first = await PutAsync(Newest, [1, 2, 3]);

        var second = await PutAsync(Newest, [1, 2, 3]);

        Assert.Equal(first with { Record = null }, second with { Record = null });
        Assert.Single(Server.Requests, request => request.StartsWith("POST /repos/o/r/releases?", StringComparison.Ordinal) || request == "POST /repos/o/r/releases");
    }

    [Fact]
    public async Task PutAsync_refuses_an_id_that_has_other_content()
    {
        await PutAsync(Newest, [1, 2, 3]);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => PutAsync(Newest, [4, 5, 6]));

        Assert.Contains("other content", error.Why, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], Server.Releases[0].Assets[0].Content);
    }

    [Fact]
    public async Task PutAsync_sends_nothing_of_an_archive_that_is_not_what_was_recorded()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() =>
            Releases.PutAsync(GitHubScene.Source(RecordOf(Newest, [1, 2, 3]), [1, 2, 4]), CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.DoesNotContain(Server.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PutAsync_finishes_the_draft_of_an_earlier_run_and_sends_only_what_is_missing()
    {
        var content = GitHubScene.Bytes(PartSize + 1);
        var draft = Server.Add(new FakeRelease { Tag = "claude-relay-backup-20250805_142530" });
        draft.Assets.Add(new FakeAsset { Id = 1, Name = "claude-relay-backup-20250805_142530.tar.gz.part001", Content = content[..PartSize] });
        draft.Assets.Add(new FakeAsset { Id = 2, Name = "claude-relay-backup-20250805_142530.tar.gz.part002", State = "starter" });

        await PutAsync(Newest, content);

        Assert.Same(draft, Assert.Single(Server.Releases));
        Assert.DoesNotContain(Server.Requests, request => request.Contains("name=claude-relay-backup-20250805_142530.tar.gz.part001", StringComparison.Ordinal));
        Assert.Equal(content[PartSize..], draft.Assets.Single(asset => asset.Name.EndsWith("part002", StringComparison.Ordinal)).Content);
    }

    [Fact]
    public async Task PutAsync_removes_old_drafts_of_backups_and_no_others()
    {
        Server.Add(new FakeRelease { Tag = "claude-relay-backup-20250101_000000", CreatedAt = DateTimeOffset.UtcNow.AddDays(-2) });
        Server.Add(new FakeRelease { Tag = "claude-relay-backup-20250102_000000" });
        Server.Add(new FakeRelease { Tag = "v1.0", CreatedAt = DateTimeOffset.UtcNow.AddDays(-2) });

        await PutAsync(Newest, [1]);

        Assert.Equal(["claude-relay-backup-20250102_000000", "v1.0"], Server.Releases.Where(release => release.Draft).Select(release => release.Tag));
    }

    [Fact]
    public async Task PutAsync_does_not_publish_what_arrived_damaged()
    {
        for (var i = 0; i < 5; i++)
            Server.Fail(new Fault("POST /repos/o/r/releases/", Damage));

        await Assert.ThrowsAsync<RelayOpsException>(() => PutAsync(Newest, [1, 2, 3]));

        Assert.True(Assert.Single(Server.Releases).Draft);
        Assert.Empty(await Releases.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task PutAsync_reads_back_what_older_servers_tell_no_digest_of()
    {
        Server.TellsDigests = false;

        var put = await PutAsync(Newest, [1, 2, 3]);

        Assert.Equal(put.Record!.Sha256, put.Sha256);
        Assert.Contains(Server.Requests, request => request.StartsWith("GET /storage/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PutAsync_says_that_retention_may_fail_where_releases_are_immutable_and_DeleteAsync_why()
    {
        Server.ImmutableReleases = true;
        var put = await PutAsync(Newest, [1]);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Releases.DeleteAsync(put, CancellationToken.None));

        Assert.Contains("immutable", error.Why, StringComparison.Ordinal);
        Assert.Single(await Releases.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task SaveRecordAsync_keeps_the_parts_of_a_release()
    {
        Server.TellsDigests = false;
        var put = await PutAsync(Newest, GitHubScene.Bytes(PartSize + 1));

        await Releases.SaveRecordAsync(put, put.Record! with { Pinned = true }, CancellationToken.None);
        Server.Releases[0].Assets.Single(asset => asset.Name.EndsWith("part002", StringComparison.Ordinal)).Content[0] ^= 1;

        await using var stream = await Releases.OpenAsync(put, CancellationToken.None);
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => stream.CopyToAsync(Stream.Null));
        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    [Fact]
    public async Task ListAsync_follows_the_pages_and_leaves_out_drafts_and_releases_of_others()
    {
        Server.PageSize = 1;
        await PutAsync(Newest, [1]);
        await PutAsync(Oldest, [2]);
        Server.Add(new FakeRelease { Tag = "v1.0", Draft = false });
        Server.Add(new FakeRelease { Tag = "claude-relay-backup-20250806_000000" });

        Assert.Equal([Newest, Oldest], (await Releases.ListAsync(CancellationToken.None)).Select(backup => backup.Id));
    }

    [Fact]
    public async Task ListAsync_lists_a_release_whose_text_was_edited_without_its_record()
    {
        await PutAsync(Newest, [1]);
        Server.Releases[0].Body = "edited";

        var listed = Assert.Single(await Releases.ListAsync(CancellationToken.None));

        Assert.Null(listed.Record);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([1])), listed.Sha256);
    }

    private protected virtual IGitHubReleases Connect(GitHubConnection connection) => new RestReleases(new GitHubRestClient(connection));

    private ReleaseStore Open(bool allowPlaintext = true)
    {
        var connection = scene.Connection();
        return new ReleaseStore(connection, allowPlaintext, scene.Reporter, Connect(connection), PartSize);
    }

    /// <summary>Takes the bytes and keeps others.</summary>
    private async Task<bool> Damage(HttpListenerContext context, CancellationToken cancellationToken)
    {
        await context.Request.InputStream.CopyToAsync(Stream.Null, cancellationToken);
        var release = Server.Releases.Single();
        release.Assets.Add(new FakeAsset { Id = Random.Shared.Next(), Name = context.Request.QueryString["name"]!, Content = [9, 9, 9] });
        context.Response.StatusCode = 201;
        return true;
    }
}
