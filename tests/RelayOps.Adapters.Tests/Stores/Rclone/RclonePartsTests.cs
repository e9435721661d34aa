using System.Net;
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

/// <summary>The contract of every store, for archives that lie there in parts.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RclonePartsTests : StoreContract, IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory home = new();
    private RcloneServer? server;
    private FaultyRemote? remote;

    protected override IBackupStore Store => Open(largest: 1);

    private string[] Files => [.. Directory.GetFiles(home["remote/backups"]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(home["remote"]);
        return RcloneServer.EnsureInstalledAsync();
    }

    public async Task DisposeAsync()
    {
        await (remote?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    public void Dispose() => home.Dispose();

    /// <summary>Three parts and a rest, or one byte, which nothing divides.</summary>
    protected override async Task<StoredBackup> PutAsync(BackupId id, byte[] content) =>
        await Open(Math.Max(1, content.Length / 3)).PutAsync(await LocalAsync(id, content), CancellationToken.None);

    [Fact]
    public async Task PutAsync_leaves_parts_that_plain_tools_put_together()
    {
        await PutAsync(Newest, [1, 2, 3, 4, 5, 6, 7]);

        Assert.Equal([".json", ".sha256", ".tar.gz.part001", ".tar.gz.part002", ".tar.gz.part003", ".tar.gz.part004", ".tar.gz.parts"],
            Files.Select(file => file["claude-relay-backup-20250805_142530".Length..]));
        var put = await RunAsync("sha256sum -c *.parts && cat *.tar.gz.part[0-9]* > claude-relay-backup-20250805_142530.tar.gz && sha256sum -c *.sha256");
        Assert.Equal("0", put);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], File.ReadAllBytes(home["remote/backups/claude-relay-backup-20250805_142530.tar.gz"]));
    }

    [Fact]
    public async Task PutAsync_goes_on_in_the_next_run_with_the_part_that_is_missing()
    {
        var source = await LocalAsync(Newest, LargeArchive);
        var remote = await ServeAsync();
        remote.RefusedPart = ".part003";
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Open(1_000_000).PutAsync(source, CancellationToken.None));
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Empty(await Store.ListAsync(CancellationToken.None));
        (remote.RefusedPart, var before) = (null, remote.SentNames.Count);

        var put = await Open(1_000_000).PutAsync(source, CancellationToken.None);

        Assert.Equal([".part003", ".part004"], remote.SentNames.Skip(before).Select(Path.GetExtension));
        Assert.Equal(LargeArchive, await ReadAsync(put));
    }

    [Fact]
    public async Task PutAsync_sends_a_part_again_that_was_cut_or_whose_bytes_are_others()
    {
        var source = await LocalAsync(Newest, LargeArchive);
        var remote = await ServeAsync();
        remote.CutUploads = 1;
        var put = await Open(1_000_000).PutAsync(source, CancellationToken.None);
        Assert.Equal([".part001", ".part001", ".part002", ".part003", ".part004"], remote.SentNames.Select(Path.GetExtension));
        var damaged = home[$"remote/backups/{put.Archive}.part002"];
        var bytes = File.ReadAllBytes(damaged);
        bytes[17] ^= 1;
        File.WriteAllBytes(damaged, bytes);

        await Open(1_000_000).PutAsync(source, CancellationToken.None);

        Assert.Equal(".part002", Path.GetExtension(Assert.Single(remote.SentNames.Skip(5))));
        Assert.Equal(LargeArchive[1_000_000..2_000_000], File.ReadAllBytes(damaged));
    }

    [Theory]
    [InlineData(".part001")]
    [InlineData(".part002")]
    [InlineData(".part004")]
    public async Task OpenAsync_ends_in_exit_4_when_a_part_is_gone(string part)
    {
        var put = await PutAsync(Newest, [1, 2, 3, 4, 5, 6, 7]);
        File.Delete(home[$"remote/backups/{put.Archive}{part}"]);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.OpenAsync(put, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.EndsWith(part, error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutAsync_shows_nothing_of_an_archive_that_is_not_what_was_recorded()
    {
        var source = await LocalAsync(Newest, [1, 2, 3, 4]);
        var wrong = source with { Backup = source.Backup with { Record = source.Backup.Record! with { Sha256 = new string('0', 64) } } };

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Open(2).PutAsync(wrong, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Empty(await Store.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task PutAsync_replaces_a_damaged_copy_in_one_piece_and_DeleteAsync_leaves_no_part()
    {
        var source = await LocalAsync(Newest, [1, 2, 3, 4]);
        var put = await Open(4).PutAsync(source, CancellationToken.None);
        File.WriteAllBytes(home["remote/backups/" + put.Archive], [1, 2, 3, 5]);

        await Open(2).PutAsync(source, CancellationToken.None);

        Assert.Equal([1, 2, 3, 4], await ReadAsync(put));
        await Store.DeleteAsync(put, CancellationToken.None);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task PutAsync_removes_every_part_of_what_the_former_key_opens()
    {
        var source = await LocalAsync(Newest, [1, 2, 3]);
        await Open(1).PutAsync(source, CancellationToken.None);
        source = await LocalBackups.ReplaceAsync(source, [4, 5, 6]);

        await Open(1).PutAsync(source, CancellationToken.None);

        Assert.Equal([".json", ".sha256", ".tar.gz.age.part001", ".tar.gz.age.part002", ".tar.gz.age.part003", ".tar.gz.age.parts"],
            Files.Select(file => file["claude-relay-backup-20250805_142530".Length..]));
    }

    [Fact]
    public async Task PutAsync_leaves_what_is_there_as_it_is_until_all_that_replaces_it_has_arrived()
    {
        var (former, next) = (LargeArchive, LargeArchive.Reverse().ToArray()[..2_500_000]);
        var source = await LocalBackups.ReplaceAsync(await LocalAsync(Newest, [1]), former);
        var put = await Open(1_000_000).PutAsync(source, CancellationToken.None);
        source = await LocalBackups.ReplaceAsync(source, next, day: 2);
        var remote = await ServeAsync();
        remote.RefusedPart = ".part003";

        await Assert.ThrowsAsync<RelayOpsException>(() => Open(1_000_000).PutAsync(source, CancellationToken.None));

        Assert.Equal(former, await ReadAsync(put));
        (remote.RefusedPart, var before) = (null, remote.SentNames.Count);
        var replaced = await Open(1_000_000).PutAsync(source, CancellationToken.None);
        Assert.Equal(".part003", Path.GetExtension(Assert.Single(remote.SentNames.Skip(before))));
        Assert.Equal(next, await ReadAsync(replaced));
    }

    [Fact]
    public async Task PutAsync_leaves_no_part_of_a_longer_archive_that_never_came_to_its_end()
    {
        var source = await LocalBackups.ReplaceAsync(await LocalAsync(Newest, [1]), [1, 2, 3, 4, 5]);
        await Open(1).PutAsync(source, CancellationToken.None);
        File.Delete(home[$"remote/backups/{source.Backup.Archive}.parts"]);
        source = await LocalBackups.ReplaceAsync(source, [6, 7, 8], day: 2);

        var put = await Open(1).PutAsync(source, CancellationToken.None);

        Assert.Equal([6, 7, 8], await ReadAsync(put));
        Assert.Equal(3, Files.Count(file => file.Contains(".part0", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task PutAsync_leaves_no_part_beside_an_archive_in_one_piece()
    {
        var source = await LocalAsync(Newest, [1, 2, 3]);
        await Open(1).PutAsync(source, CancellationToken.None);

        await Open(3).PutAsync(source, CancellationToken.None);

        Assert.Equal([".json", ".sha256", ".tar.gz"], Files.Select(file => file["claude-relay-backup-20250805_142530".Length..]));
        // Nor where an earlier run was killed before it had removed the last of them.
        foreach (var left in new[] { ".part003", ".parts" })
            File.WriteAllText(home[$"remote/backups/{source.Backup.Archive}{left}"], "left");
        await Open(3).PutAsync(source, CancellationToken.None);
        Assert.Equal([".json", ".sha256", ".tar.gz"], Files.Select(file => file["claude-relay-backup-20250805_142530".Length..]));
    }

    [Fact]
    public void Cut_makes_no_more_parts_than_their_numbers_have_digits_for()
    {
        const long size = 999L * (256 << 20) + 1;

        var parts = ArchiveParts.Cut("x.tar.gz", size, Math.Max(256 << 20, ArchiveParts.Smallest(size))).ToList();

        Assert.Equal((999, size), (parts.Count, parts.Sum(part => part.Size)));
        Assert.All(parts, part => Assert.Equal("x.tar.gz", ArchiveParts.ArchiveOf(part.Name)));
    }

    [Fact]
    public async Task PutAsync_removes_parts_that_a_killed_run_left_days_ago_and_no_others()
    {
        await PutAsync(Oldest, [1, 2, 3]);
        foreach (var (id, days) in new[] { ("20250701_000000", 4), ("20250804_000000", 1) })
        {
            File.WriteAllText(home[$"remote/backups/claude-relay-backup-{id}.tar.gz.part001"], "half");
            File.SetLastWriteTimeUtc(home[$"remote/backups/claude-relay-backup-{id}.tar.gz.part001"], DateTime.UtcNow.AddDays(-days));
        }

        foreach (var file in Directory.GetFiles(home["remote/backups"], "*20250801*"))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-9));

        await PutAsync(Newest, [1]);

        Assert.DoesNotContain(Files, file => file.Contains("20250701", StringComparison.Ordinal));
        Assert.Single(Files, file => file.Contains("20250804", StringComparison.Ordinal));
        Assert.Equal(6, Files.Count(file => file.Contains("20250801", StringComparison.Ordinal)));
    }

    /// <summary>From here on the store is behind it.</summary>
    private async Task<FaultyRemote> ServeAsync()
    {
        server = await RcloneServer.StartAsync(home["remote"]);
        return remote = new FaultyRemote(server.Address);
    }

    private RcloneStore Open(long largest) =>
        new($"{RcloneStore.Prefix}{remote?.Remote ?? $":local:{home["remote"]}/"}backups", allowPlaintext: true) { LargestFile = largest };

    private async Task<string> RunAsync(string script)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = home["remote/backups"], RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return $"{process.ExitCode}";
    }

    private Task<CataloguedBackup> LocalAsync(BackupId id, byte[] content) => LocalBackups.MakeAsync(home["local"], id, content);

    private async Task<byte[]> ReadAsync(StoredBackup backup)
    {
        await using var stream = await Store.OpenAsync(backup, CancellationToken.None);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }
}
