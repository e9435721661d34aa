using System.Text.Json;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>The process that an operator starts, from the backup to the report.</summary>
[Collection(OneServer.Name)]
public sealed class UpdateProcessTests(Server server, RegistryFixture fixture) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task Update_looks_updates_and_goes_back_with_the_exit_status_of_the_contract()
    {
        await using var versions = await Versions.BeginAsync(server, fixture.Registry, ServerUsers.Sudo);
        var scenario = versions.Scenario;
        using var directory = TestDirectory.Create("relayops-report-");
        var former = await versions.RunningAsync();
        await versions.PublishAsync();

        var (looked, seen) = await RunAsync(scenario, directory, "--check-only");
        Assert.True(looked.ExitCode == 0, looked.ToString());
        Assert.True(seen.GetProperty("update").GetProperty("available").GetBoolean());
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("rolledBack").ValueKind);
        Assert.Empty(Directory.EnumerateFiles(scenario.Store.Directory));
        var (told, _) = await RunAsync(scenario, directory, "--dry-run");
        Assert.True(told.ExitCode == 0, told.ToString());
        Assert.Contains("pull -q", told.ToString(), StringComparison.Ordinal);
        Assert.Contains("up -d --no-build --no-deps", told.ToString(), StringComparison.Ordinal);
        Assert.Equal((former, former), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));

        var (updated, report) = await RunAsync(scenario, directory);
        Assert.True(updated.ExitCode == 0, updated.ToString());
        Assert.Equal("deep", report.GetProperty("backup").GetProperty("verified").GetString());
        Assert.True(report.GetProperty("downtimeSeconds").GetDouble() > 0);
        Assert.Equal(former, report.GetProperty("update").GetProperty("images")[0].GetProperty("former").GetString());
        var running = await versions.RunningAsync();
        Assert.NotEqual(former, running);

        await versions.PublishMigratingAsync();
        await scenario.RedisAsync("SET", "written", "before");
        var (back, failure) = await RunAsync(scenario, directory, "--health-timeout", "5s");
        Assert.True(back.ExitCode == 5, back.ToString());
        Assert.True(failure.GetProperty("rolledBack").GetBoolean());
        Assert.Equal((running, "before", "0"), (await versions.RunningAsync(), await scenario.RedisAsync("GET", "written"), await scenario.RedisAsync("EXISTS", "migrated")));
    }

    [Fact]
    public async Task Update_that_was_killed_is_undone_or_finished_by_the_next_run()
    {
        await using var versions = await Versions.BeginAsync(server, fixture.Registry, ServerUsers.Docker);
        var scenario = versions.Scenario;
        using var directory = TestDirectory.Create("relayops-report-");
        await versions.PublishAsync();
        await scenario.RedisAsync("SET", "written", "before");
        await using (var killed = RelayOpsProcess.Start(new Dictionary<string, string>(), ["Update", .. Reaching(scenario), "--health-timeout", "60s"]))
        {
            await scenario.AsRootAsync("until grep -q '\"phase\":\"Switched\"' \"$1/.relayops/journal.json\" 2>/dev/null; do sleep 0.02; done");
            killed.Signal("KILL");
            await killed.WaitAsync();
        }

        await scenario.ExpireLockAsync();
        var (next, _) = await RunAsync(scenario, directory);

        Assert.True(next.ExitCode == 0, next.ToString());
        Assert.Contains("an earlier Update", next.ToString(), StringComparison.Ordinal);
        Assert.Equal("before", await scenario.RedisAsync("GET", "written"));
        Assert.Equal(await versions.RunningAsync(), await versions.MeansAsync(versions.Service));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    private async Task<(RelayOpsResult Result, JsonElement Report)> RunAsync(Scenario scenario, TestDirectory directory, params string[] more)
    {
        var result = await RelayOpsProcess.RunAsync(["Update", .. Reaching(scenario), "--report", directory.File("report.json"), .. more]);
        return (result, JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("report.json"))).RootElement);
    }

    private string[] Reaching(Scenario scenario) =>
        [.. server.Reaching(scenario.Deployment.Options.Owner!, scenario.Path), "--backup-directory", scenario.Store.Directory];
}
