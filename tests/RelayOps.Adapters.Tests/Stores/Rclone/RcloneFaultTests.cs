using System.Net;
using System.Runtime.Versioning;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.Rclone;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;
using RelayOps.Testing.Rclone;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>A remote without checksums, and with faults between.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RcloneFaultTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory home = new();
    private readonly byte[] content = new byte[700_001];
    private RcloneServer? server;
    private FaultyRemote? remote;

    private RcloneStore Store => new($"{RcloneStore.Prefix}{remote!.Remote}backups", allowPlaintext: true);

    public async Task InitializeAsync()
    {
        new Random(3).NextBytes(content);
        Directory.CreateDirectory(home["remote"]);
        server = await RcloneServer.StartAsync(home["remote"]);
        remote = new FaultyRemote(server.Address);
    }

    public async Task DisposeAsync()
    {
        await remote!.DisposeAsync();
        await server!.DisposeAsync();
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task OpenAsync_reads_on_where_a_download_broke_off()
    {
        var put = await Store.PutAsync(await LocalAsync(), CancellationToken.None);
        Assert.True(remote!.Downloads > 0, "the copy was not read back");
        remote.CutDownloads = remote.Downloads + 1;

        await using var stream = await Store.OpenAsync(put, CancellationToken.None);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);

        Assert.Equal(content, read.ToArray());
    }

    [Fact]
    public async Task PutAsync_replaces_a_damaged_copy_of_the_same_size_where_the_remote_tells_nothing_but_sizes()
    {
        var source = await LocalAsync();
        var put = await Store.PutAsync(source, CancellationToken.None);
        var there = home[$"remote/backups/{put.Archive}"];
        File.WriteAllBytes(there, new byte[content.Length]);

        await Store.PutAsync(source, CancellationToken.None);

        Assert.Equal(content, File.ReadAllBytes(there));
    }

    /// <summary>403 and a full disk, as webdav says it.</summary>
    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.InsufficientStorage)]
    public async Task PutAsync_shows_nothing_of_an_upload_that_was_refused_and_the_next_one_goes_through(HttpStatusCode status)
    {
        var source = await LocalAsync();
        remote!.RefusedUpload = status;

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.PutAsync(source, CancellationToken.None));

        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains($"{(int)status}", error.Why, StringComparison.Ordinal);
        Assert.Empty(await Store.ListAsync(CancellationToken.None));
        remote.RefusedUpload = null;
        await Store.PutAsync(source, CancellationToken.None);
        Assert.Equal(source.Backup.Record, Assert.Single(await Store.ListAsync(CancellationToken.None)).Record!, Same);
    }

    /// <summary>The second of the two goes on failing: nothing is shown, and the next run begins anew.</summary>
    [Fact]
    public async Task PutAsync_sends_again_what_was_cut_and_shows_nothing_of_what_always_is()
    {
        var source = await LocalAsync();
        remote!.CutUploads = 1;
        await Store.PutAsync(source, CancellationToken.None);
        Assert.Equal(2, remote.Uploads);
        var other = await LocalAsync("20250806_142530");
        var before = remote.Uploads;
        remote.LeavesUploadsUnanswered = true;

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.PutAsync(other, CancellationToken.None));

        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Equal(3, remote.Uploads - before);
        Assert.Equal(source.Backup.Id, Assert.Single(await Store.ListAsync(CancellationToken.None)).Id);
        remote.LeavesUploadsUnanswered = false;
        await Store.PutAsync(other, CancellationToken.None);
        Assert.Equal(2, (await Store.ListAsync(CancellationToken.None)).Count);
    }

    /// <summary>What comes out of another store is no file that rclone could begin again: it is asked for anew, and no oftener.</summary>
    [Fact]
    public async Task PutAsync_asks_the_other_store_again_for_what_was_cut_and_gives_up_where_it_always_is()
    {
        var source = await LocalAsync();
        source = source with { Store = new RcloneStoreTests.Elsewhere(source.Store) };
        remote!.CutUploads = 1;
        await Store.PutAsync(source, CancellationToken.None);
        Assert.Equal(2, remote.Uploads);
        Assert.Equal(source.Backup.Record, Assert.Single(await Store.ListAsync(CancellationToken.None)).Record!, Same);

        remote.LeavesUploadsUnanswered = true;
        var other = source with { Backup = (await LocalAsync("20250806_142530")).Backup };
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Store.PutAsync(other, CancellationToken.None));

        Assert.Equal((ExitStatus.NoConnection, 5), (error.Status, remote.Uploads));
        Assert.Single(await Store.ListAsync(CancellationToken.None));
        Assert.DoesNotContain(Directory.GetFiles(home["remote"], "*", SearchOption.AllDirectories), file => file.Contains("partial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PutAsync_does_not_send_again_what_had_arrived_whole_when_the_run_before_failed()
    {
        var source = await LocalAsync();
        remote!.RefusedRecord = HttpStatusCode.Forbidden;
        await Assert.ThrowsAsync<RelayOpsException>(() => Store.PutAsync(source, CancellationToken.None));
        Assert.Empty(await Store.ListAsync(CancellationToken.None));
        remote.RefusedRecord = null;

        await Store.PutAsync(source, CancellationToken.None);

        Assert.Equal(1, remote.Uploads);
        Assert.Equal(source.Backup.Record, Assert.Single(await Store.ListAsync(CancellationToken.None)).Record!, Same);
    }

    [Fact]
    public async Task PutAsync_comes_again_when_it_is_told_to_come_later()
    {
        remote!.Throttled = 3;

        await Store.PutAsync(await LocalAsync(), CancellationToken.None);

        Assert.Equal(0, remote.Throttled);
        Assert.Single(await Store.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Every_call_ends_in_exit_3_when_the_remote_refuses_everything()
    {
        var put = await Store.PutAsync(await LocalAsync(), CancellationToken.None);
        remote!.Refusal = HttpStatusCode.Forbidden;

        foreach (var call in new Func<Task>[] { () => Store.ListAsync(default), () => Store.OpenAsync(put, default), () => Store.DeleteAsync(put, default) })
            Assert.Equal(ExitStatus.NoConnection, (await Assert.ThrowsAsync<RelayOpsException>(call)).Status);
    }

    private static bool Same(CatalogueRecord? one, CatalogueRecord? other) => CatalogueJson.Write(one!).AsSpan().SequenceEqual(CatalogueJson.Write(other!));

    private Task<CataloguedBackup> LocalAsync(string id = "20250805_142530") => LocalBackups.MakeAsync(home["local"], BackupId.Get(id), content);
}
