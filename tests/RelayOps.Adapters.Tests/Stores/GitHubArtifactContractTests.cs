using System.Security.Cryptography;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>The stores' contract for what the workflow itself puts in, and nobody can write into afterwards.</summary>
public class GitHubArtifactContractTests : RemoteStoreContract, IDisposable
{
    private readonly GitHubScene scene = new();
    private ArtifactStore? opened;

    protected override IBackupStore Store => opened ??= new ArtifactStore(scene.Connection(), allowPlaintext: true, scene.Reporter, Connect(scene.Connection()));

    public void Dispose()
    {
        opened?.Dispose();
        scene.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public override async Task SaveRecordAsync_replaces_the_record_and_nothing_else()
    {
        var put = await PutAsync(Newest, [1, 2, 3]);

        await Store.SaveRecordAsync(put, put.Record! with { Verified = VerificationLevel.Drill }, CancellationToken.None);
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.SaveRecordAsync(put, put.Record! with { Pinned = true }, CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Equal(CatalogueJson.Write(RecordOf(Newest, [1, 2, 3])), CatalogueJson.Write(Assert.Single(await Store.ListAsync(CancellationToken.None)).Record!));
    }

    /// <summary>It keeps no record, and so misses no archive.</summary>
    [Fact]
    public override async Task SaveRecordAsync_ends_in_exit_4_when_the_archive_is_gone()
    {
        var put = await PutAsync(Newest, [1]);
        await Store.DeleteAsync(put, CancellationToken.None);

        await Store.SaveRecordAsync(put, put.Record!, CancellationToken.None);

        Assert.Empty(scene.Server.Artifacts);
    }

    protected override void BreakNextDownload() => scene.BreakNextDownload();

    protected override void DamageNextDownload() => scene.DamageNextDownload();

    /// <summary>As the steps of a run upload them: the archive, and its record beside it.</summary>
    protected override async Task<StoredBackup> PutAsync(BackupId id, byte[] content)
    {
        var record = RecordOf(id, content);
        var run = scene.Server.Artifacts.Count + 5L;
        Upload(record.Archive, content, run);
        Upload(ArchiveName.Find(record.Archive)!.Record, CatalogueJson.Write(record), run);
        return (await Store.ListAsync(CancellationToken.None)).Single(backup => backup.Id == id);
    }

    private protected virtual IGitHubArtifacts Connect(GitHubConnection connection) => new RestArtifacts(new GitHubRestClient(connection));

    private void Upload(string name, byte[] content, long run) => scene.Server.Artifacts.Add(new FakeArtifact
    {
        Name = name,
        Content = [.. content],
        Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)),
        RunId = run,
    });
}
