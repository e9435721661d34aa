using RelayOps.Adapters.Stores;
using RelayOps.Core;
using RelayOps.Core.Operations.Usage;

namespace RelayOps.Adapters.Tests.Stores;

public sealed class UsageHistoryFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task ReadAsync_has_what_was_appended_of_that_server_the_oldest_first()
    {
        var history = new UsageHistoryFile(_directory["store"], TimeProvider.System);
        await history.AppendAsync(Measurement("a", day: 2), CancellationToken.None);
        await history.AppendAsync(Measurement("b", day: 1), CancellationToken.None);
        await history.AppendAsync(Measurement("a", day: 1), CancellationToken.None);

        Assert.Equal([1, 2], (await history.ReadAsync("a", CancellationToken.None)).Select(one => one.At.Day));
        Assert.Empty(await history.ReadAsync("c", CancellationToken.None));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(history.Location));
    }

    [Fact]
    public async Task AppendAsync_keeps_a_line_of_every_run_when_several_write_at_once()
    {
        await Task.WhenAll(Enumerable.Range(1, 20).Select(day =>
            new UsageHistoryFile(_directory.Path, TimeProvider.System).AppendAsync(Measurement("a", day), CancellationToken.None)));

        Assert.Equal(Enumerable.Range(1, 20), (await new UsageHistoryFile(_directory.Path, TimeProvider.System).ReadAsync("a", CancellationToken.None)).Select(one => one.At.Day));
        Assert.DoesNotContain(Directory.GetFiles(_directory[".relayops"]), file => file.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AppendAsync_drops_the_older_half_when_the_file_is_too_large()
    {
        var history = new UsageHistoryFile(_directory.Path, TimeProvider.System, mostBytes: 1_000);
        for (var day = 1; day <= 28; day++)
            await history.AppendAsync(Measurement("a", day), CancellationToken.None);

        Assert.InRange(new FileInfo(history.Location).Length, 1, 1_000);
        Assert.Equal(28, (await history.ReadAsync("a", CancellationToken.None))[^1].At.Day);
    }

    [Fact]
    public async Task ReadAsync_passes_over_a_line_that_is_none_and_AppendAsync_keeps_it()
    {
        var history = new UsageHistoryFile(_directory.Path, TimeProvider.System);
        await history.AppendAsync(Measurement("a", day: 1), CancellationToken.None);
        await File.AppendAllTextAsync(history.Location, "{\"half\n");
        await history.AppendAsync(Measurement("a", day: 2), CancellationToken.None);

        Assert.Equal(2, (await history.ReadAsync("a", CancellationToken.None)).Length);
        Assert.Contains("{\"half\n", await File.ReadAllTextAsync(history.Location), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_says_why_it_cannot_write()
    {
        await File.WriteAllTextAsync(_directory["file"], "");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() =>
            new UsageHistoryFile(_directory["file"], TimeProvider.System).AppendAsync(Measurement("a", day: 1), CancellationToken.None));

        Assert.Equal("the usage history could not be written", error.What);
    }

    private static UsageMeasurement Measurement(string server, int day) => new()
    {
        ServerId = server,
        At = new DateTimeOffset(2025, 8, day, 0, 0, 0, TimeSpan.Zero),
        DeploymentBytes = 1,
        DiskUsedBytes = 1,
        DiskFreeBytes = 1,
    };
}
