using RelayOps.Testing.Docker;
using Xunit.Abstractions;

namespace RelayOps.EndToEnd.Tests.Testbed;

public sealed class DockerDaemonTests(ITestOutputHelper output)
{
    [Fact]
    public async Task StartAsync_has_both_images_and_leaves_nothing_behind()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var t = System.Diagnostics.Stopwatch.StartNew();
        var daemon = await DockerDaemon.StartAsync(patience.Token);
        output.WriteLine($"start {t.Elapsed}");
        output.WriteLine(await DockerDaemon.RunAsync(["images"], patience.Token));
        output.WriteLine(await DockerDaemon.RunAsync(["run", "--rm", "redis:7-alpine", "sh", "-c", "id; redis-server --version; ls -la /data; redis-check-aof --help; setpriv --version; free"], patience.Token));
        output.WriteLine($"run {t.Elapsed}");
        await daemon.DisposeAsync();
        output.WriteLine($"end {t.Elapsed}");
    }
}
