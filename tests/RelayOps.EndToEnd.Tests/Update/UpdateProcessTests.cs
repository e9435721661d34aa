using System.Text.Json;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>The process that an operator starts, from the backup to the report.</summary>
[Collection(Beside.Name)]
public sealed class UpdateProcessTests(Server server)
{
    [Fact]
    public async Task Update_looks_updates_and_goes_back_with_the_exit_status_of_the_contract()
    {
        await using var versions = await Versions.BeginAsync(server, ServerUsers.Sudo);
        using var directory = TestDirectory.Create("relayops-report-");
        var former = await versions.RunningAsync();
        await versions.PublishAsync();

        await AssertLooksAsync(versions, directory);
        Assert.Equal((former, former), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));
        await KillAsync(versions.Scenario);
        await AssertUpdatesAsync(versions, directory, former);
        await AssertGoesBackAsync(versions, directory);
    }

    private async Task AssertLooksAsync(Versions versions, TestDirectory directory)
    {
        var (looked, seen) = await RunAsync(versions.Scenario, directory, "--check-only");
        Assert.True(looked.ExitCode == 0, looked.ToString());
        Assert.True(seen.GetProperty("update").GetProperty("available").GetBoolean());
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("rolledBack").ValueKind);
        Assert.Empty(Directory.EnumerateFiles(versions.Scenario.Store.Directory));
        var (told, _) = await RunAsync(versions.Scenario, directory, "--dry-run");
        Assert.True(told.ExitCode == 0, told.ToString());
        Assert.Contains("pull -q", told.ToString(), StringComparison.Ordinal);
        Assert.Contains("up -d --no-build --no-deps", told.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Kills an update that is about to stop the service.</summary>
    private async Task KillAsync(Scenario scenario)
    {
        await scenario.RedisAsync("SET", "written", "before the kill");
        await using var killed = RelayOpsProcess.Start(new Dictionary<string, string>(), ["Update", .. Reaching(scenario), "--health-timeout", "300s"]);
        await scenario.AsRootAsync("until grep -q '\"phase\":\"Switching\"' \"$1/.relayops/journal.json\" 2>/dev/null; do sleep 0.02; done");
        killed.Signal("KILL");
        await killed.WaitAsync();
        await scenario.ExpireLockAsync();
    }

    private async Task AssertUpdatesAsync(Versions versions, TestDirectory directory, string former)
    {
        var (updated, report) = await RunAsync(versions.Scenario, directory);
        Assert.True(updated.ExitCode == 0, updated.ToString());
        Assert.Contains("an earlier Update", updated.ToString(), StringComparison.Ordinal);
        Assert.Equal("deep", report.GetProperty("backup").GetProperty("verified").GetString());
        Assert.True(report.GetProperty("downtimeSeconds").GetDouble() > 0);
        Assert.Equal(former, report.GetProperty("update").GetProperty("images")[0].GetProperty("former").GetString());
        var running = await versions.RunningAsync();
        Assert.NotEqual(former, running);
        Assert.Equal((running, "before the kill"), (await versions.MeansAsync(versions.Service), await versions.Scenario.RedisAsync("GET", "written")));
        Assert.Equal("healthy", await versions.Scenario.Deployment.FindHealthAsync(versions.Scenario.Patience));
    }

    /// <summary>From a version that has turned the data into its own before it failed.</summary>
    private async Task AssertGoesBackAsync(Versions versions, TestDirectory directory)
    {
        var scenario = versions.Scenario;
        await scenario.AsRootAsync("echo more >\"$1/data/written-after\"");
        var (digest, files, running) = (await versions.DigestAsync(), await scenario.FilesAsync("data"), await versions.RunningAsync());
        await versions.PublishMigratingAsync();

        var (back, failure) = await RunAsync(scenario, directory, "--health-timeout", "5s");

        Assert.True(back.ExitCode == 5, back.ToString());
        Assert.True(failure.GetProperty("rolledBack").GetBoolean());
        Assert.Equal((running, running), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));
        Assert.Equal(digest, await versions.DigestAsync());
        Assert.Equal(files, await scenario.FilesAsync("data"));
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "migrated"));
    }

    private async Task<(RelayOpsResult Result, JsonElement Report)> RunAsync(Scenario scenario, TestDirectory directory, params string[] more)
    {
        var result = await RelayOpsProcess.RunAsync(["Update", .. Reaching(scenario), "--report", directory.File("report.json"), .. more]);
        return (result, JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("report.json"))).RootElement);
    }

    private string[] Reaching(Scenario scenario) =>
        [.. server.Reaching(scenario.Deployment.Options.Owner!, scenario.Path), "--backup-directory", scenario.Store.Directory];
}
