using System.Text.Json;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Status;

/// <summary>What a scheduler elsewhere learns of a server, by exit status and JSON.</summary>
[Collection(OneServer.Name)]
public sealed class StatusTests(Server server)
{
    [Fact]
    public async Task Status_tells_of_backup_service_and_redis_and_fails_when_one_is_not_well()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        string[] reaching = [.. server.Reaching(ServerUsers.Sudo, scenario.Path), "--backup-directory", scenario.Store.Directory];
        var none = await RelayOpsProcess.RunAsync(["Status", .. reaching]);
        Assert.True(none.ExitCode == 1, none.ToString());
        Assert.Contains("there is no verified backup", none.ToString(), StringComparison.Ordinal);
        await scenario.BackupAsync();

        var (well, report) = await AskAsync(reaching);
        Assert.True(well.ExitCode == 0, well.ToString());
        Assert.Equal("healthy", report.GetProperty("server").GetProperty("health").GetString());
        Assert.Equal(scenario.Deployment.LoadedKeys.Values.Sum() + 2, report.GetProperty("server").GetProperty("redis").GetProperty("keys").GetInt64());
        Assert.Equal(["running", "running"], report.GetProperty("server").GetProperty("containers").EnumerateArray().Select(one => one.GetProperty("state").GetString()));
        Assert.Empty(report.GetProperty("problems").EnumerateArray());
        var old = await RelayOpsProcess.RunAsync(["Status", .. reaching, "--max-age", "0s"]);
        Assert.True(old.ExitCode == 1, old.ToString());
        Assert.Contains("is too old", old.ToString(), StringComparison.Ordinal);

        await CrashAsync(scenario);
        Assert.Equal([1, 0], (await AskAsync(reaching)).Report.GetProperty("server").GetProperty("containers").EnumerateArray().Select(one => one.GetProperty("restarts").GetInt32()).OrderDescending());

        await scenario.Deployment.ComposeAsync(["stop", "-t", "20", "redis"], scenario.Patience);
        var (broken, problems) = await AskAsync(reaching);
        Assert.True(broken.ExitCode == 1, broken.ToString());
        Assert.Equal(2, problems.GetProperty("problems").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, problems.GetProperty("server").GetProperty("redis").ValueKind);
        var (away, fresh) = await AskAsync(["--server", "nobody@127.0.0.1:1", .. reaching[2..]]);
        Assert.True(away.ExitCode == 3, away.ToString());
        Assert.Equal(JsonValueKind.Null, fresh.GetProperty("server").ValueKind);
    }

    /// <summary>The service ends by itself, and docker starts it again.</summary>
    private static async Task CrashAsync(Scenario scenario)
    {
        var process = await DockerDaemon.RunAsync(["inspect", "-f", "{{.State.Pid}}", await scenario.Deployment.ContainerAsync("claude-relay", scenario.Patience)], scenario.Patience);
        await Shell.RunAsRootAsync("kill", ["-KILL", process.Trim()], scenario.Patience);
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(60), scenario.Patience);
    }

    /// <summary>Standard output is JSON alone, whatever the outcome.</summary>
    private static async Task<(RelayOpsResult Result, JsonElement Report)> AskAsync(string[] reaching)
    {
        var result = await RelayOpsProcess.RunAsync(["Status", .. reaching, "--json"]);
        return (result, JsonDocument.Parse(result.Output).RootElement);
    }
}
