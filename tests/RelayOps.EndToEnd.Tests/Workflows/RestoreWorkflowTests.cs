using System.Text.Json.Nodes;
using RelayOps.Adapters.Tests.Stores;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Workflows;

/// <summary>A deployment is backed up by one workflow and put back by another, over ssh and across runs.</summary>
[Collection(OneServer.Name)]
public sealed class RestoreWorkflowTests(Server server) : IDisposable
{
    private readonly FakeGitHub _github = new();

    public void Dispose() => _github.Dispose();

    [Fact]
    public async Task Restore_by_dispatch_runs_dry_by_default_wants_a_typed_yes_and_then_brings_the_data_back()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        using var runner = Runner(scenario.Path);
        var backup = await runner.OnScheduleAsync("backup.yml");
        Assert.True(backup.Status == 0, backup.ToString());
        var id = backup["Backup"].Outputs!["backup-id"];
        runner.Publish(_github);
        var before = await scenario.RedisAsync("DBSIZE");
        await scenario.LoseDataAsync();

        var dry = await RestoreAsync(runner, new JsonObject { ["backup-id"] = id });
        Assert.True(dry.Status == 0, dry.ToString());
        Assert.Equal("1", await scenario.RedisAsync("EXISTS", "written:after"));

        var wrong = await RestoreAsync(runner, new JsonObject { ["backup-id"] = id, ["dry-run"] = false, ["confirm"] = "sure" });
        var missing = await RestoreAsync(runner, new JsonObject { ["backup-id"] = id, ["dry-run"] = false });
        Assert.Equal((1, 1), (wrong.Status, missing.Status));
        Assert.Contains("## ❌ Restore", wrong["Restore"].Summary, StringComparison.Ordinal);
        Assert.Contains("CONFIRM", wrong["Restore"].Summary, StringComparison.Ordinal);
        Assert.Equal("1", await scenario.RedisAsync("EXISTS", "written:after"));

        var confirmed = await RestoreAsync(runner, new JsonObject { ["backup-id"] = id, ["dry-run"] = false, ["confirm"] = "yes" });
        Assert.True(confirmed.Status == 0, confirmed.ToString());
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
        Assert.InRange(int.Parse(await scenario.RedisAsync("DBSIZE")), int.Parse(before) - 100, int.Parse(before) + 100);
        Assert.Contains("## ✅ Restore", confirmed["Restore"].Summary, StringComparison.Ordinal);
    }

    private static Task<RanWorkflow> RestoreAsync(WorkflowRunner runner, JsonObject inputs)
    {
        inputs["profile"] = "tokyo";
        return runner.OnDispatchAsync("restore.yml", inputs);
    }

    private WorkflowRunner Runner(string deploymentPath)
    {
        var runner = new WorkflowRunner(_github.Url, _github.Token, deploymentPath);
        runner.Variables["SERVER"] = server.Sshd.Target(ServerUsers.Docker.Name).ToString();
        runner.Variables["ALLOW_PLAINTEXT"] = "true";
        // As secrets arrive: texts, without the line end at their end, and so perhaps a single line.
        runner.Secrets["SSH_KEY"] = File.ReadAllText(server.Sshd.KeyFile).TrimEnd();
        runner.Secrets["KNOWN_HOSTS"] = File.ReadLines(server.Sshd.KnownHosts).First();
        return runner;
    }
}
