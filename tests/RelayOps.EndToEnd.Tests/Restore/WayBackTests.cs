using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>What goes wrong once the service is stopped, and what is there afterwards.</summary>
[Collection(OneServer.Name)]
public sealed class WayBackTests(Server server)
{
    [Fact]
    public async Task Restore_goes_back_when_the_service_never_becomes_healthy()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        // With the backup's settings the service cannot speak to this redis.
        await scenario.AsRootAsync("sed -i 's/^REDIS_ENABLE_TLS=.*/REDIS_ENABLE_TLS=true/' \"$1/.env\"");
        var source = await scenario.BackupAsync();
        await scenario.AsRootAsync("sed -i 's/^REDIS_ENABLE_TLS=.*/REDIS_ENABLE_TLS=/' \"$1/.env\"");
        await scenario.RedisAsync("SET", "written:after", "the backup");
        var files = await scenario.FilesAsync(".env data");

        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(
            source, scenario.Request with { Environment = EnvironmentPolicy.Restore, HealthTimeout = TimeSpan.FromSeconds(8) }));

        Assert.Equal(ExitStatus.RolledBack, failed.Status);
        Assert.Equal("the backup", await scenario.RedisAsync("GET", "written:after"));
        Assert.Equal(files, await scenario.FilesAsync(".env data"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Empty(await scenario.LeftoversAsync());
    }

    [Fact]
    public async Task Restore_refuses_while_something_outside_of_docker_has_the_dataset_open()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        var source = await scenario.BackupAsync();
        await scenario.AsRootAsync("cd \"$1/redis_data\" && (exec 3<dump.rdb; exec sleep 60) >/dev/null 2>&1 & echo $! > \"$1/holder.pid\"");

        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(source));

        Assert.Equal(ExitStatus.RolledBack, failed.Status);
        Assert.Contains("is open in process", failed.Why);
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        await scenario.AsRootAsync("kill $(cat \"$1/holder.pid\")");
    }

    [Theory, InlineData("relay-docker"), InlineData("relay-sudo")]
    public async Task Watchdog_brings_the_former_data_back_when_the_operator_has_vanished(string name)
    {
        var user = ServerUsers.Get(name);
        await using var scenario = await Scenario.BeginAsync(server, user);
        var source = await scenario.BackupAsync();
        await scenario.RedisAsync("SET", "written:after", "the backup");
        // Lock, journal, unpack, layout, journal, preparation, watchdog: stop and exchange are the eighth change.
        var faulty = new FaultyHost(scenario.Host, at: 8, Fault.VanishAfter);

        var lost = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(
            source, scenario.Request with { HealthTimeout = TimeSpan.FromSeconds(4) }, faulty));
        Assert.Equal(ExitStatus.NoConnection, lost.Status);
        Assert.Contains("\"phase\":\"Switched\"", await scenario.AsRootAsync("cat \"$1/.relayops/journal.json\""));
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(90), scenario.Patience);

        Assert.Equal("the backup", await scenario.RedisAsync("GET", "written:after"));
        await scenario.ExpireLockAsync();
        await scenario.RestoreAsync(source);
        Assert.Contains(scenario.Said.Warnings, warning => warning.Contains("the watchdog has brought the former data back", StringComparison.Ordinal));
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
    }

    [Fact]
    public async Task Rollback_brings_back_what_the_restore_put_aside_and_then_the_one_before()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        await scenario.RedisAsync("SET", "state", "one");
        var request = scenario.Request with { KeepSafetyCopies = 9 };
        await scenario.RestoreAsync(source, request);
        await scenario.RedisAsync("SET", "state", "two");
        await scenario.RestoreAsync(source, request);
        await scenario.RedisAsync("SET", "state", "three");

        await scenario.RollbackAsync();
        Assert.Equal("two", await scenario.RedisAsync("GET", "state"));
        await scenario.RollbackAsync();
        Assert.Equal("one", await scenario.RedisAsync("GET", "state"));

        Assert.Null((await scenario.RollbackAsync()).Restored);
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    [Fact]
    public async Task Restore_leaves_a_stopped_service_stopped()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        var source = await scenario.BackupAsync();
        await scenario.LoseDataAsync();
        await scenario.Deployment.ComposeAsync(["stop", "-t", "20"], scenario.Patience);

        var outcome = await scenario.RestoreAsync(source);

        Assert.Null(outcome.Downtime);
        Assert.Equal(scenario.Deployment.LoadedKeys.Values.Sum() + 2, outcome.Keys);
        Assert.Null(await scenario.Deployment.FindHealthAsync(scenario.Patience));
        await scenario.Deployment.UpAsync(scenario.Patience);
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
    }

    [Fact]
    public async Task Case22_OldSessionsComeBack_unless_they_are_dropped()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        await scenario.RedisAsync("SET", "session:0123456789abcdef", "an administrator");
        var source = await scenario.BackupAsync();

        await scenario.RestoreAsync(source, scenario.Request with { DropSessions = true });

        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "session:0123456789abcdef"));
        Assert.Equal("1", await scenario.RedisAsync("EXISTS", "session:admin_credentials"));
    }
}
