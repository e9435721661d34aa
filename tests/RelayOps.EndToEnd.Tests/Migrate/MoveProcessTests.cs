using System.Text.Json;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>The process that an operator starts: what it says beforehand, what is left when it is killed, and what it reports.</summary>
[Collection(Beside.Name)]
public sealed class MoveProcessTests(Server server)
{
    [Fact]
    public async Task Migrate_that_is_killed_while_nobody_serves_goes_back_by_itself_and_the_next_one_arrives()
    {
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Docker, "relay-sudo");
        using var directory = TestDirectory.Create("relayops-move-process-");
        var line = await scenario.LineAsync(server, directory);

        var explained = await RelayOpsProcess.RunAsync([.. line, "--dry-run"]);
        Assert.True(explained.ExitCode == 0, explained.ToString());
        Assert.Contains("compare counts and digests", explained.ToString());
        Assert.Equal("", await scenario.AsRootAsync("""ls -A "$2" 2>/dev/null; ls -A "$1/.relayops" 2>/dev/null || :"""));

        await using (var killed = RelayOpsProcess.Start(new Dictionary<string, string>(), [.. line, "--confirm", "yes", "--health-timeout", "30s"]))
        {
            await scenario.AsRootAsync("until [ -s \"$1/.relayops/watch/pid\" ]; do sleep 0.02; done");
            killed.Signal("KILL");
            await killed.WaitAsync();
        }

        await scenario.AsRootAsync("until [ -e \"$1/.relayops/watch/undone\" ]; do sleep 0.1; done");
        Assert.Equal("healthy", await HealthyAsync(scenario));
        await scenario.ExpireLocksAsync();
        await using var arrived = scenario.Deployment.MovedTo(Bed.Second, scenario.NewPath, scenario.Deployment.Port + 1);
        var url = $"http://127.0.0.1:{arrived.Port}/health";
        var moved = await RelayOpsProcess.RunAsync([.. line, "--confirm", "yes", "--report", directory.File("report.json"), "--health-url", url,
            "--new-port", $"{arrived.Port}", "--new-project-name", "elsewhere", "--keep-archive"]);

        Assert.True(moved.ExitCode == 0, moved.ToString());
        Assert.Contains("an earlier Migrate", moved.ToString());
        Assert.Contains($"{url} answers", moved.ToString());
        Assert.Equal("healthy", await arrived.FindHealthAsync(scenario.Patience));
        Assert.Contains("elsewhere", await Bed.Second.RunAsync(["ps", "--format", "{{.Names}}"], scenario.Patience));
        Assert.Null(await scenario.Deployment.FindHealthAsync(scenario.Patience));
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("report.json"))).RootElement;
        var phases = report.GetProperty("downtimeByPhase").EnumerateArray().Select(phase => phase.GetProperty("seconds").GetDouble()).ToList();
        Assert.Equal(5, phases.Count);
        Assert.Equal(report.GetProperty("downtimeSeconds").GetDouble(), phases.Sum(), precision: 1);
        Console.WriteLine(moved);
        var kept = JsonDocument.Parse((await RelayOpsProcess.RunAsync(["List", "--backup-directory", directory.File("store"), "--json"])).Output).RootElement;
        Assert.Equal("deep", Assert.Single(kept.EnumerateArray()).GetProperty("verified").GetString());

        var backup = await RelayOpsProcess.RunAsync(["Backup", .. server.Reaching(ServerUsers.Docker, scenario.Deployment.Path), "--backup-directory", directory.File("store")]);
        Assert.True(backup.ExitCode == 2, backup.ToString());
        Assert.Contains(scenario.NewPath, backup.ToString());
    }

    private static async Task<string?> HealthyAsync(MoveScenario scenario)
    {
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(90), scenario.Patience);
        return await scenario.Deployment.FindHealthAsync(scenario.Patience);
    }
}
