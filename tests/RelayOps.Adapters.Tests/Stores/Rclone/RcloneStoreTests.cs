using System.Runtime.Versioning;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.Rclone;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;
using RelayOps.Testing.Rclone;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>The contract of every store, on a remote that knows checksums.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RcloneStoreTests : StoreContract, IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory home = new();
    private RcloneStore? store;
    private LocalDirectoryStore? local;

    protected override IBackupStore Store => store!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(home["remote"]);
        await RcloneServer.EnsureInstalledAsync();
        store = Open(allowPlaintext: true);
        local = new LocalDirectoryStore(home["local"], SilentReporter.Instance);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => home.Dispose();

    protected override async Task<StoredBackup> PutAsync(BackupId id, byte[] content) => await store!.PutAsync(await LocalAsync(id, content), CancellationToken.None);

    [Fact]
    public async Task PutAsync_leaves_archive_checksum_and_record_and_nothing_else()
    {
        await PutAsync(Newest, [1, 2, 3]);

        Assert.Equal(["claude-relay-backup-20250805_142530.json", "claude-relay-backup-20250805_142530.sha256", "claude-relay-backup-20250805_142530.tar.gz"],
            Directory.GetFiles(home["remote/backups"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task PutAsync_sends_a_copy_anew_whose_bytes_are_not_the_backups()
    {
        var put = await PutAsync(Newest, [1, 2, 3]);
        File.WriteAllBytes(home["remote/backups/" + put.Archive], [1, 2, 4]);

        await store!.PutAsync((await new BackupCatalogue([local!], SilentReporter.Instance).GetAllAsync("latest", CancellationToken.None))[0], CancellationToken.None);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(home["remote/backups/" + put.Archive]));
    }

    [Fact]
    public async Task PutAsync_writes_over_no_backup_of_another_server()
    {
        var other = await PutAsync(Newest, [1, 2, 3]);
        await store!.SaveRecordAsync(other, other.Record! with { Server = other.Record!.Server with { Id = "fedcba9876543210", Name = "oslo" } }, CancellationToken.None);
        var source = await new BackupCatalogue([local!], SilentReporter.Instance).GetAsync("latest", CancellationToken.None);
        await using (var pending = await local!.BeginReplacementAsync(source.Backup, source.Backup.Archive, CancellationToken.None))
        {
            await pending.Content.WriteAsync(new byte[] { 4, 5, 6, 7 });
            source = source with { Backup = await pending.CommitAsync(RecordOf(Newest, [4, 5, 6, 7]), CancellationToken.None) };
        }

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.PutAsync(source, CancellationToken.None));

        Assert.Contains("a backup of oslo under that name", error.Why, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(home["remote/backups/" + other.Archive]));
    }

    [Fact]
    public async Task PutAsync_replaces_a_copy_that_was_encrypted_anew_since_and_never_the_other_way_round()
    {
        var former = await LocalAsync(Newest, [1, 2, 3]);
        await store!.PutAsync(former, CancellationToken.None);
        var renewed = await LocalBackups.ReplaceAsync(former, [4, 5, 6, 7]);

        await store.PutAsync(renewed, CancellationToken.None);

        Assert.Equal(["claude-relay-backup-20250805_142530.json", "claude-relay-backup-20250805_142530.sha256", "claude-relay-backup-20250805_142530.tar.gz.age"], There);
        Assert.Equal("age", Assert.Single(await store.ListAsync(CancellationToken.None)).Record?.Encryption);
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.PutAsync(former, CancellationToken.None));
        Assert.Contains("claude-relay-backup-20250805_142530.tar.gz.age, which was encrypted anew after this one", error.Why, StringComparison.Ordinal);
        Assert.Equal([4, 5, 6, 7], File.ReadAllBytes(home["remote/backups/claude-relay-backup-20250805_142530.tar.gz.age"]));
    }

    /// <summary>It had the new one's name already, and was stopped before the last step.</summary>
    [Fact]
    public async Task PutAsync_removes_the_former_copy_where_a_run_broke_off_before_that()
    {
        var former = await LocalAsync(Newest, [1, 2, 3]);
        var renewed = await LocalBackups.ReplaceAsync(former, [4, 5, 6, 7]);
        await store!.PutAsync(renewed, CancellationToken.None);
        File.WriteAllBytes(home["remote/backups/" + former.Backup.Archive], [1, 2, 3]);

        await store.PutAsync(renewed, CancellationToken.None);

        Assert.DoesNotContain(former.Backup.Archive, There);
    }

    /// <summary>The record beside both is another server's, or there is none.</summary>
    [Theory]
    [InlineData(true, "a backup of oslo under that name")]
    [InlineData(false, "without a record that tells whose it is")]
    public async Task PutAsync_removes_no_archive_that_may_be_of_another_server(bool hasRecord, string why)
    {
        var other = await PutAsync(Newest, [1, 2, 3]);
        await store!.SaveRecordAsync(other, other.Record! with { Server = other.Record!.Server with { Id = "fedcba9876543210", Name = "oslo" } }, CancellationToken.None);
        if (!hasRecord)
            File.Delete(home["remote/backups/claude-relay-backup-20250805_142530.json"]);
        var before = There;
        var source = await new BackupCatalogue([local!], SilentReporter.Instance).GetAsync("latest", CancellationToken.None);
        var renewed = await LocalBackups.ReplaceAsync(source, [4, 5, 6, 7]);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.PutAsync(renewed, CancellationToken.None));

        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.Equal(before, There);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(home["remote/backups/" + other.Archive]));
    }

    [Fact]
    public async Task PutAsync_removes_what_a_killed_run_left_days_ago_and_nothing_of_one_that_may_be_at_work()
    {
        Directory.CreateDirectory(home["remote/backups"]);
        foreach (var (name, days) in new[] { ("20250701_000000", 4), ("20250804_000000", 1) })
        {
            File.WriteAllText(home[$"remote/backups/.relayops-partial-claude-relay-backup-{name}.tar.gz"], "half");
            File.SetLastWriteTimeUtc(home[$"remote/backups/.relayops-partial-claude-relay-backup-{name}.tar.gz"], DateTime.UtcNow.AddDays(-days));
        }

        await PutAsync(Newest, [1, 2, 3]);

        Assert.Equal(".relayops-partial-claude-relay-backup-20250804_000000.tar.gz",
            Path.GetFileName(Assert.Single(Directory.GetFiles(home["remote/backups"], ".relayops-partial-*"))));
    }

    [Fact]
    public async Task PutAsync_takes_a_stream_from_a_store_that_is_no_directory_here()
    {
        var content = new byte[700_001];
        new Random(2).NextBytes(content);
        var source = await LocalAsync(Newest, content);

        var put = await store!.PutAsync(new CataloguedBackup(new Elsewhere(source.Store), source.Backup), CancellationToken.None);

        Assert.Equal(content, File.ReadAllBytes(home["remote/backups/" + put.Archive]));
    }

    [Fact]
    public async Task PutAsync_into_several_remotes_at_once_reads_the_archive_once()
    {
        var content = new byte[3_000_001];
        new Random(4).NextBytes(content);
        var source = await LocalAsync(Newest, content);
        var counted = new Counted(source.Store);
        RcloneStore[] remotes = [Open(allowPlaintext: true), new($"{RcloneStore.Prefix}:local:{home["other"]}", allowPlaintext: true) { LargestFile = 1_000_000 }];
        await using var reading = new SharedReading(source with { Store = counted }, remotes.Length, CancellationToken.None);

        await Task.WhenAll(remotes.Select(async remote =>
        {
            using var share = reading.Take();
            await remote.PutAsync(source with { Store = share }, CancellationToken.None);
        }));

        Assert.Equal(1, counted.Openings);
        Assert.Equal(content, File.ReadAllBytes(home["remote/backups/" + source.Backup.Archive]));
        Assert.Equal(content[2_000_000..3_000_000], File.ReadAllBytes(home["other/" + source.Backup.Archive + ".part003"]));
    }

    [Fact]
    public async Task PutAsync_shows_nothing_when_what_arrived_is_not_what_was_sent()
    {
        var source = await LocalAsync(Newest, [1, 2, 3]);
        var wrong = source with { Backup = source.Backup with { Record = source.Backup.Record! with { Sha256 = new string('0', 64) } } };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store!.PutAsync(wrong, CancellationToken.None));

        Assert.Contains("did not arrive whole", error.What, StringComparison.Ordinal);
        Assert.Empty(await Store.ListAsync(CancellationToken.None));
        Assert.Empty(Directory.EnumerateFiles(home["remote/backups"]));
    }

    [Fact]
    public async Task PutAsync_refuses_what_is_not_encrypted_without_consent()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(async () => await Open(allowPlaintext: false).PutAsync(await LocalAsync(Newest, [1]), CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.False(Directory.Exists(home["remote/backups"]));
    }

    private RcloneStore Open(bool allowPlaintext) =>
        new($"{RcloneStore.Prefix}:local:{home["remote"]}/backups", allowPlaintext);

    private Task<CataloguedBackup> LocalAsync(BackupId id, byte[] content) => LocalBackups.MakeAsync(home["local"], id, content);

    private sealed class Counted(IBackupStore inner) : Elsewhere(inner)
    {
        private int openings;

        public int Openings => openings;

        public override Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref openings);
            return base.OpenAsync(backup, cancellationToken);
        }
    }

    private string[] There => [.. Directory.GetFiles(home["remote/backups"]).Select(Path.GetFileName).OfType<string>().Order()];

    /// <summary>Hides that a store is a directory.</summary>
    internal class Elsewhere(IBackupStore inner) : IBackupStore
    {
        public string Name => "elsewhere";

        public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

        public virtual Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken) => inner.OpenAsync(backup, cancellationToken);

        public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) => inner.SaveRecordAsync(backup, record, cancellationToken);

        public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => inner.DeleteAsync(backup, cancellationToken);
    }
}

/// <summary>Names that are none.</summary>
public sealed class RcloneNameTests
{
    [Theory]
    [InlineData("rclone:nothing")]
    [InlineData("rclone:--config:x")]
    public void Store_refuses_a_name_without_a_remote(string name) =>
        Assert.Equal(ExitStatus.WrongUse, Assert.Throws<RelayOpsException>(() => new RcloneStore(name, allowPlaintext: true)).Status);
}
