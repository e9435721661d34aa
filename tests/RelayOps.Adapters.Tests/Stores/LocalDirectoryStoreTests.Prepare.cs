using System.Diagnostics;
using RelayOps.Adapters.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>What earlier runs have left is finished or removed, and nothing else is touched.</summary>
public sealed partial class LocalDirectoryStoreTests
{
    [Fact]
    public async Task PrepareAsync_removes_what_a_killed_run_left()
    {
        await PutAsync(Newest, [1]);
        File.WriteAllText(Path.Combine(Backups, ".claude-relay-backup-20250804_000000.partial"), "half");
        File.WriteAllText(Path.Combine(Backups, ".claude-relay-backup-20250805_142530.json.0.partial"), "{");

        await store.PrepareAsync(CancellationToken.None);

        Assert.Equal(3, Names().Count);
    }

    [Fact]
    public async Task PrepareAsync_leaves_what_a_run_at_work_is_writing()
    {
        await using var pending = await BeginAsync(Newest);

        await new LocalDirectoryStore(Backups, reporter).PrepareAsync(CancellationToken.None);

        await pending.Content.WriteAsync(new byte[] { 1 });
        await pending.CommitAsync(RecordOf(Newest, [1]), CancellationToken.None);
        Assert.Single(await store.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task PrepareAsync_removes_what_another_process_was_writing_once_it_was_killed()
    {
        await store.PrepareAsync(CancellationToken.None);
        var partial = Path.Combine(Backups, ".claude-relay-backup-20250804_000000.partial");
        var start = new ProcessStartInfo("flock", [partial, "sh", "-c", "echo locked; exec cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var writer = Process.Start(start)!;
        Assert.Equal("locked", await writer.StandardOutput.ReadLineAsync());

        await store.PrepareAsync(CancellationToken.None);
        Assert.True(File.Exists(partial));

        writer.Kill(entireProcessTree: true);
        await writer.WaitForExitAsync();
        // The shell's end closes its output, and with that its share of the lock is gone.
        Assert.Null(await writer.StandardOutput.ReadLineAsync());
        await store.PrepareAsync(CancellationToken.None);
        Assert.False(File.Exists(partial));
    }

    [Theory]
    [InlineData(".thesis.partial")]
    [InlineData(".thesis.removed.partial")]
    [InlineData("claude-relay-backup-20250804_000000.partial")]
    public async Task PrepareAsync_leaves_what_is_not_ours(string name)
    {
        Directory.CreateDirectory(Backups);
        File.WriteAllText(Path.Combine(Backups, name), "");

        await store.PrepareAsync(CancellationToken.None);

        Assert.Equal([name], Names());
    }

    [Fact]
    public async Task PrepareAsync_finishes_the_deletion_of_an_older_scripts_archive()
    {
        Directory.CreateDirectory(Backups);
        File.WriteAllText(Path.Combine(Backups, ".relay-20250804-000000.tar.gz.removed.partial"), "");

        await store.PrepareAsync(CancellationToken.None);

        Assert.Empty(Names());
    }

    [Fact]
    public async Task PrepareAsync_leaves_what_it_may_not_open()
    {
        Directory.CreateDirectory(Path.Combine(Backups, ".claude-relay-backup-20250804_000000.partial"));

        await store.PrepareAsync(CancellationToken.None);

        Assert.Single(Names());
    }

    [Fact]
    public async Task PrepareAsync_finishes_a_deletion_that_was_interrupted()
    {
        var put = await PutAsync(Newest, [1]);
        File.Move(put.Location, Path.Combine(Backups, $".{put.Archive}.removed.partial"));
        Assert.Empty(await store.ListAsync(CancellationToken.None));

        await store.PrepareAsync(CancellationToken.None);

        Assert.Empty(Names());
    }

    [Fact]
    public async Task PrepareAsync_closes_a_directory_of_backups_that_others_could_open_and_says_so()
    {
        await PutAsync(Newest, [1]);
        File.SetUnixFileMode(Backups, Owner | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await store.PrepareAsync(CancellationToken.None);

        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(Backups));
        Assert.Contains("now 0700", Assert.Single(reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrepareAsync_leaves_the_mode_of_a_directory_with_other_files_and_warns()
    {
        var wide = Owner | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(Backups);
        File.SetUnixFileMode(Backups, wide);
        File.WriteAllText(Path.Combine(Backups, "thesis.doc"), "");

        await store.PrepareAsync(CancellationToken.None);

        Assert.Equal(wide, File.GetUnixFileMode(Backups));
        Assert.Contains("left alone", Assert.Single(reporter.Warnings), StringComparison.Ordinal);
    }
}
