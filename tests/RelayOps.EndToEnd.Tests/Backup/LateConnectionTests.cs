using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Backup;

/// <summary>A server that lets nobody in for a moment.</summary>
[Collection(OneServer.Name)]
public sealed class LateConnectionTests(Server server)
{
    [Fact]
    public async Task Backup_tells_of_a_connection_that_a_second_attempt_brought_about_and_annotates_nothing()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), CancellationToken.None);
        await using var relay = CountingRelay.Start(server.Sshd.Port);
        relay.Refuse();
        var environment = new Dictionary<string, string> { ["GITHUB_ACTIONS"] = "true", ["GITHUB_OUTPUT"] = "", ["GITHUB_STEP_SUMMARY"] = "" };
        await using var backup = RelayOpsProcess.Start(environment, ["Backup", .. deployment.Over(server.Sshd, relay), "--dry-run", "--no-incident"]);

        await backup.SaysAsync("trying again in");
        relay.Accept();
        var result = await backup.WaitAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("::warning", result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("::error", result.ToString(), StringComparison.Ordinal);
    }
}
