using System.Globalization;
using System.Text.Json;
using RelayOps.Core.Operations.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>The process that an operator starts: its parameters, exit status and report, and what is left when it is killed or cut off.</summary>
[Collection(OneServer.Name)]
public sealed class RestoreProcessTests(Server server)
{
    [Fact]
    public async Task Restore_and_Rollback_end_in_0_and_report_what_they_did()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        var source = await scenario.BackupAsync();
        await scenario.LoseDataAsync();
        using var directory = TestDirectory.Create("relayops-report-");

        var restored = await RelayOpsProcess.RunAsync(
            ["Restore", .. Reaching(scenario), "--backup-id", source.Name, "--confirm", "yes", "--report", directory.File("report.json")]);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("report.json"))).RootElement;
        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.InRange(report.GetProperty("downtimeSeconds").GetDouble(), 0.1, 60);
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));

        var undone = await RelayOpsProcess.RunAsync(["Rollback", .. Reaching(scenario), "--confirm", "yes", "--report", directory.File("undone.json")]);
        Assert.True(undone.ExitCode == 0, undone.ToString());
        Assert.Equal("the backup", await scenario.RedisAsync("GET", "written:after"));
    }

    [Fact]
    public async Task Restore_ends_in_2_without_confirmation_and_without_a_backup_id()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        await scenario.BackupAsync();

        var unconfirmed = await RelayOpsProcess.RunAsync(["Restore", .. Reaching(scenario), "--backup-id", "latest"]);
        var unnamed = await RelayOpsProcess.RunAsync(["Restore", .. Reaching(scenario), "--confirm", "yes"]);

        Assert.True(unconfirmed.ExitCode == 2, unconfirmed.ToString());
        Assert.Contains("--confirm yes", unconfirmed.ToString());
        Assert.True(unnamed.ExitCode == 2, unnamed.ToString());
        Assert.Contains("--backup-id", unnamed.ToString());
        Assert.Empty(await scenario.LeftoversAsync());
    }

    [Fact]
    public async Task Restore_that_was_killed_is_finished_or_undone_by_the_next_run()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        foreach (var phase in new[] { "Staging", "Switching", "Switched" })
        {
            await scenario.LoseDataAsync();
            await KillAsync(scenario, source, $"\"phase\":\"{phase}\"");
        }
    }

    private async Task KillAsync(Scenario scenario, RestoreSource source, string phase)
    {
        await using (var killed = RelayOpsProcess.Start(new Dictionary<string, string>(),
            ["Restore", .. Reaching(scenario), "--backup-id", source.Name, "--confirm", "yes", "--health-timeout", "60s"]))
        {
            await scenario.AsRootAsync($"until grep -q '{phase}' \"$1/.relayops/journal.json\" 2>/dev/null; do sleep 0.02; done");
            killed.Signal("KILL");
            await killed.WaitAsync();
        }

        await scenario.ExpireLockAsync();
        var next = await RelayOpsProcess.RunAsync(["Restore", .. Reaching(scenario), "--backup-id", source.Name, "--confirm", "yes"]);

        Assert.True(next.ExitCode == 0, next.ToString());
        Assert.Contains("an earlier Restore", next.ToString());
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.DoesNotContain(await scenario.LeftoversAsync(), name => name.Contains("staging") || name.Contains("journal"));
    }

    [Fact]
    public async Task Restore_that_is_cut_off_ends_in_3_and_the_watchdog_brings_the_former_data_back()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        await scenario.RedisAsync("SET", "written:after", "the backup");
        var relay = CountingRelay.Start(server.Sshd.Port);
        using var directory = TestDirectory.Create("relayops-hosts-");
        await File.WriteAllTextAsync(directory.File("known_hosts"), server.Sshd.KnownHostsAt(relay.Port));
        await using var cut = RelayOpsProcess.Start(new Dictionary<string, string>(),
            ["Restore", "--server", string.Create(CultureInfo.InvariantCulture, $"{ServerUsers.Docker.Name}@127.0.0.1:{relay.Port}"), "--ssh-key", server.Sshd.KeyFile,
                "--known-hosts", directory.File("known_hosts"), "--deployment-path", scenario.Path, "--backup-directory", scenario.Store.Directory,
                "--backup-id", source.Name, "--confirm", "yes", "--health-timeout", "5s"]);
        await scenario.AsRootAsync("until grep -q '\"phase\":\"Switch' \"$1/.relayops/journal.json\" 2>/dev/null; do sleep 0.02; done");
        await scenario.AsRootAsync("until [ -s \"$1/.relayops/watch/pid\" ]; do sleep 0.02; done");

        // Connections are reset, and nobody listens any more: there is nothing to take the connection up with.
        await relay.DisposeAsync();
        var result = await cut.WaitAsync();
        await scenario.AsRootAsync("until [ -e \"$1/.relayops/watch/undone\" ]; do sleep 0.1; done");
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(60), scenario.Patience);

        Assert.True(result.ExitCode == 3, result.ToString());
        Assert.Equal("the backup", await scenario.RedisAsync("GET", "written:after"));
    }

    private string[] Reaching(Scenario scenario) =>
        [.. server.Reaching(scenario.Deployment.Options.Owner!, scenario.Path), "--backup-directory", scenario.Store.Directory];
}
