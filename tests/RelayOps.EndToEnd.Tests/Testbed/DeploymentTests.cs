using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using Xunit.Abstractions;

namespace RelayOps.EndToEnd.Tests.Testbed;

public sealed class DeploymentTests(ITestOutputHelper output)
{
    [Fact]
    public async Task UpAsync_is_healthy()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var ct = patience.Token;
        var t = System.Diagnostics.Stopwatch.StartNew();
        await using var daemon = await DockerDaemon.StartAsync(ct);
        output.WriteLine($"daemon {t.Elapsed}");
        await using (var deployment = await Deployment.CreateAsync(new DeploymentOptions { WithOddFiles = true, DirectoryName = "relay 部署 ñ", ProjectName = "other" }, ct))
        {
            output.WriteLine($"created {t.Elapsed}");
            await deployment.UpAsync(ct);
            output.WriteLine($"up {t.Elapsed}");
            var redis = await deployment.RedisAsync(ct);
            output.WriteLine(await redis.RunAsync(["INFO", "keyspace"], ct));
            output.WriteLine(string.Join(",", deployment.LoadedKeys));
            output.WriteLine($"{await deployment.AskAsync(deployment.ApiKeys[0], ct)} {await deployment.AskAsync("cr_no", ct)}");
            output.WriteLine(await RelayOps.Testing.Processes.Shell.RunAsRootAsync("ls", ["-laR", deployment.Path], ct));
            await deployment.DownAsync(ct);
            output.WriteLine($"down {t.Elapsed}");
        }
        output.WriteLine($"disposed {t.Elapsed}");
    }
}
