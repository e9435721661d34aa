using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

[UnsupportedOSPlatform("windows")]
public sealed partial class LocalDirectoryStoreTests : StoreContract, IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory home = new();
    private readonly PhaseRecorder reporter = new(SilentReporter.Instance, TimeProvider.System);
    private readonly LocalDirectoryStore store;

    public LocalDirectoryStoreTests() => store = new LocalDirectoryStore(Backups, reporter);

    protected override IBackupStore Store => store;

    private string Backups => home["data backups/ä"];

    protected override async Task<StoredBackup> PutAsync(BackupId id, byte[] content)
    {
        await using var pending = await BeginAsync(id);
        await pending.Content.WriteAsync(content);
        return await pending.CommitAsync(RecordOf(id, content), CancellationToken.None);
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task CommitAsync_leaves_three_files_of_the_owner_alone_in_a_directory_of_the_owner_alone()
    {
        await PutAsync(Newest, [1]);

        Assert.Equal(["claude-relay-backup-20250805_142530.json", "claude-relay-backup-20250805_142530.sha256", "claude-relay-backup-20250805_142530.tar.gz"],
            Names());
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(Backups));
        Assert.All(Names(), name => Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(Backups, name))));
    }

    [Fact]
    public async Task CommitAsync_writes_a_checksum_that_sha256sum_accepts()
    {
        await PutAsync(Newest, Encoding.UTF8.GetBytes("an archive"));

        var start = new ProcessStartInfo("sha256sum", ["-c", "--strict", "claude-relay-backup-20250805_142530.sha256"])
        { WorkingDirectory = Backups, RedirectStandardOutput = true };
        using var check = Process.Start(start)!;
        var said = await check.StandardOutput.ReadToEndAsync();
        await check.WaitForExitAsync();

        Assert.Equal((0, "claude-relay-backup-20250805_142530.tar.gz: OK\n"), (check.ExitCode, said));
    }

    [Fact]
    public async Task BeginAsync_shows_nothing_until_the_commit()
    {
        await using var pending = await BeginAsync(Newest);
        await pending.Content.WriteAsync(new byte[100_000]);
        await pending.Content.FlushAsync();

        Assert.Empty(await store.ListAsync(CancellationToken.None));
        Assert.All(Names(), name => Assert.StartsWith(".", name, StringComparison.Ordinal));
        Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(Backups, Assert.Single(Names()))));
    }

    [Fact]
    public async Task DisposeAsync_leaves_nothing_behind_without_a_commit()
    {
        await using (var pending = await BeginAsync(Newest))
            await pending.Content.WriteAsync(new byte[] { 1 });

        Assert.Empty(Names());
    }

    [Fact]
    public async Task BeginAsync_refuses_an_id_that_is_taken_in_any_format()
    {
        await PutAsync(Newest, [1]);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.BeginAsync($"{ArchiveName.Prefix}{Newest}.tar.zst.age", CancellationToken.None));

        Assert.Equal(ExitStatus.Failed, error.Status);
        Assert.Contains("20250805_142530", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BeginAsync_refuses_an_id_that_another_run_is_writing()
    {
        await using var first = await BeginAsync(Newest);

        await Assert.ThrowsAsync<RelayOpsException>(() => BeginAsync(Newest));

        Assert.Single(Names());
    }

    [Fact]
    public async Task CommitAsync_never_overwrites_an_archive_that_appeared_meanwhile()
    {
        await using var pending = await BeginAsync(Newest);
        await pending.Content.WriteAsync(new byte[] { 1 });
        var archive = Path.Combine(Backups, $"{ArchiveName.Prefix}{Newest}.tar.gz");
        File.WriteAllText(archive, "another's");

        await Assert.ThrowsAsync<RelayOpsException>(() => pending.CommitAsync(RecordOf(Newest, [1]), CancellationToken.None));

        Assert.Equal("another's", File.ReadAllText(archive));
    }

    [Fact]
    public async Task CommitAsync_leaves_no_backup_when_its_record_cannot_be_written()
    {
        await using (var pending = await BeginAsync(Newest))
        {
            await pending.Content.WriteAsync(new byte[] { 1 });
            // A directory where the record belongs: the rename onto it fails, as on a disk that is full to the last block.
            Directory.CreateDirectory(Path.Combine(Backups, "claude-relay-backup-20250805_142530.sha256/in the way"));
            await Assert.ThrowsAsync<RelayOpsException>(() => pending.CommitAsync(RecordOf(Newest, [1]), CancellationToken.None));
        }

        Assert.Empty(await store.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task DeleteAsync_keeps_record_and_checksum_of_an_encrypted_twin()
    {
        var put = await PutAsync(Newest, [1]);
        File.Copy(put.Location, put.Location + ".age");

        await store.DeleteAsync(put, CancellationToken.None);

        Assert.Equal(3, Names().Count);
        Assert.Null(Assert.Single(await store.ListAsync(CancellationToken.None)).Record);
    }

    [Fact]
    public async Task BeginAsync_ends_in_exit_2_when_the_path_is_a_file()
    {
        File.WriteAllText(home["occupied"], "");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() =>
            new LocalDirectoryStore(home["occupied"], reporter).BeginAsync(ArchiveName.For(Newest, ".gz"), CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    [Fact]
    public async Task BeginAsync_ends_in_exit_2_where_nobody_may_write()
    {
        // Not even root writes here, so the test means the same for every user.
        var error = await Assert.ThrowsAsync<RelayOpsException>(() =>
            new LocalDirectoryStore("/proc/self/backups", reporter).BeginAsync(ArchiveName.For(Newest, ".gz"), CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("/proc/self/backups", error.What, StringComparison.Ordinal);
        Assert.Contains("--backup-directory", error.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_says_what_to_do_when_the_disk_is_full()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        await using var stream = new SpoolStream(full, "/backups");

        var error = await Assert.ThrowsAsync<RelayOpsException>(async () => await stream.WriteAsync(new byte[10]));

        Assert.Equal("the backup directory '/backups' is full", error.What);
        Assert.Equal(ExitStatus.Failed, error.Status);
    }

    [Theory]
    [InlineData("claude-relay-backup-20250805_142530.tar.gz")]
    [InlineData("claude-relay-backup-20250805_142530.tar.zst.age")]
    [InlineData("claude-relay-backup-20250805_142530.tar.gz.gpg")]
    [InlineData("claude-relay-20250805-142530.tar.gz")]
    [InlineData("backup-20250805-142530.tar.gz")]
    public async Task ListAsync_finds_archives_without_a_record(string archive)
    {
        Directory.CreateDirectory(Backups);
        File.WriteAllText(Path.Combine(Backups, archive), "old");

        var listed = Assert.Single(await store.ListAsync(CancellationToken.None));

        Assert.Equal((Newest, archive, 3L), (listed.Id, listed.Archive, listed.SizeBytes));
        Assert.Equal((null, null), (listed.Record, listed.Sha256));
        Assert.Empty(reporter.Warnings);
    }

    [Theory]
    [InlineData("claude-relay-backup-20250805_142530.tar")]
    [InlineData("claude-relay-backup-20251305_142530.tar.gz")]
    [InlineData(".claude-relay-backup-20250805_142530.tar.gz")]
    [InlineData("claude-relay-backup-20250805_142530.tar.gz.partial")]
    [InlineData("photos.tar.gz")]
    public async Task ListAsync_leaves_out_what_is_no_backup(string name)
    {
        Directory.CreateDirectory(Backups);
        File.WriteAllText(Path.Combine(Backups, name), "");

        Assert.Empty(await store.ListAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":1,\"format\":1e99}")]
    public async Task ListAsync_lists_a_backup_with_a_damaged_record_without_it_and_warns(string json)
    {
        var put = await PutAsync(Newest, [1]);
        File.WriteAllText(Path.ChangeExtension(put.Location[..^3], ".json"), json);

        var listed = Assert.Single(await store.ListAsync(CancellationToken.None));

        Assert.Null(listed.Record);
        Assert.NotNull(listed.Sha256);
        Assert.Contains(put.Archive, Assert.Single(reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_reads_no_record_of_absurd_size()
    {
        var put = await PutAsync(Newest, [1]);
        using (var record = File.OpenWrite(Path.ChangeExtension(put.Location[..^3], ".json")))
            record.SetLength(10L << 30);

        Assert.Null(Assert.Single(await store.ListAsync(CancellationToken.None)).Record);
        Assert.Contains("10737418240 bytes are too many", Assert.Single(reporter.Warnings), StringComparison.Ordinal);
    }

    private Task<IPendingArchive> BeginAsync(BackupId id) => store.BeginAsync(ArchiveName.For(id, ".gz"), CancellationToken.None);

    private List<string> Names() => [.. Directory.EnumerateFileSystemEntries(Backups).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];
}
