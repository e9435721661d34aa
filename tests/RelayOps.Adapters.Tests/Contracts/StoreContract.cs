using System.Security.Cryptography;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Contracts;

/// <summary>What every store owes. A store's own tests derive from it and say how to make one and how to put a backup in.</summary>
public abstract class StoreContract
{
    protected static readonly BackupId Newest = BackupId.Get("20250805_142530");
    protected static readonly BackupId Oldest = BackupId.Get("20250801_000000");

    protected abstract IBackupStore Store { get; }

    /// <summary>More than any buffer.</summary>
    protected virtual byte[] LargeArchive
    {
        get
        {
            var content = new byte[3_000_001];
            new Random(1).NextBytes(content);
            return content;
        }
    }

    protected abstract Task<StoredBackup> PutAsync(BackupId id, byte[] content);

    internal static CatalogueRecord RecordOf(BackupId id, byte[] content, string extension = ".tar.gz") => new()
    {
        Format = CatalogueRecord.CurrentFormat,
        BackupId = id.ToString(),
        Archive = $"{ArchiveName.Prefix}{id}{extension}",
        SizeBytes = content.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
        CreatedAt = id.Time,
        Server = new SourceServer("0123456789abcdef", "relay.example.org", "/home/ubuntu/claude-relay-deployment"),
        Tool = "RelayOps 0.1.0",
        Compression = "gzip",
        ContentBytes = content.Length * 3L,
        Keys = 1300,
        ManifestSha256 = new string('a', 64),
        Verified = VerificationLevel.Deep,
    };

    [Fact]
    public async Task ListAsync_returns_nothing_from_an_empty_store() =>
        Assert.Empty(await Store.ListAsync(CancellationToken.None));

    [Fact]
    public async Task ListAsync_returns_the_newest_first_whatever_came_first()
    {
        await PutAsync(Newest, [1]);
        await PutAsync(Oldest, [2, 3]);

        var listed = await Store.ListAsync(CancellationToken.None);

        Assert.Equal([Newest, Oldest], listed.Select(backup => backup.Id));
        Assert.Equal([1L, 2L], listed.Select(backup => backup.SizeBytes));
        Assert.All(listed, backup => Assert.Equal(Store.Name, backup.Store));
    }

    [Fact]
    public async Task ListAsync_returns_record_and_checksum_as_they_were_given()
    {
        var content = Encoding.ASCII.GetBytes("an archive");
        var put = await PutAsync(Newest, content);

        var listed = Assert.Single(await Store.ListAsync(CancellationToken.None));

        Assert.Equal(put, listed with { Record = put.Record });
        Assert.Equal(CatalogueJson.Write(RecordOf(Newest, content)), CatalogueJson.Write(listed.Record!));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), listed.Sha256);
    }

    [Fact]
    public async Task OpenAsync_returns_every_byte_of_a_large_archive()
    {
        var content = LargeArchive;
        var put = await PutAsync(Newest, content);

        await using var stream = await Store.OpenAsync(put, CancellationToken.None);

        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_ends_in_exit_4_when_the_archive_is_gone()
    {
        var put = await PutAsync(Newest, [1]);
        await Store.DeleteAsync(put, CancellationToken.None);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.OpenAsync(put, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains(put.Archive, error.What, StringComparison.Ordinal);
    }

    [Fact]
    public virtual async Task SaveRecordAsync_replaces_the_record_and_nothing_else()
    {
        var put = await PutAsync(Newest, [1, 2, 3]);

        var drill = new DrillFacts(Newest.Time.AddDays(1), 12.345);
        await Store.SaveRecordAsync(put, put.Record! with { Pinned = true, Verified = VerificationLevel.Drill, Drill = drill }, CancellationToken.None);

        var listed = Assert.Single(await Store.ListAsync(CancellationToken.None));
        Assert.True(listed.Record!.Pinned);
        Assert.Equal((VerificationLevel.Drill, drill), (listed.Record.Verified, listed.Record.Drill));
        Assert.Equal((put.Sha256, put.SizeBytes), (listed.Sha256, listed.SizeBytes));
    }

    [Fact]
    public virtual async Task SaveRecordAsync_ends_in_exit_4_when_the_archive_is_gone()
    {
        var put = await PutAsync(Newest, [1]);
        await Store.DeleteAsync(put, CancellationToken.None);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.SaveRecordAsync(put, put.Record!, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    [Fact]
    public async Task DeleteAsync_removes_one_backup_and_leaves_the_others()
    {
        var oldest = await PutAsync(Oldest, [1]);
        await PutAsync(Newest, [2]);

        await Store.DeleteAsync(oldest, CancellationToken.None);

        Assert.Equal(Newest, Assert.Single(await Store.ListAsync(CancellationToken.None)).Id);
    }

    [Fact]
    public async Task DeleteAsync_is_content_when_the_backup_is_gone_already()
    {
        var put = await PutAsync(Newest, [1]);
        await Store.DeleteAsync(put, CancellationToken.None);

        await Store.DeleteAsync(put, CancellationToken.None);

        Assert.Empty(await Store.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ListAsync_stops_when_cancelled()
    {
        await PutAsync(Newest, [1]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ListAsync(new CancellationToken(canceled: true)));
    }
}
