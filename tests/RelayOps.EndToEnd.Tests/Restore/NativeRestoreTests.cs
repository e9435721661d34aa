using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>A Redis that runs on the server itself is stopped, restored and started again as it was.</summary>
public sealed class NativeRestoreTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(20));

    private CancellationToken Patience => _patience.Token;

    public ValueTask DisposeAsync()
    {
        _patience.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Without append-only file and save points all of it is in memory alone.</summary>
    [Theory, InlineData(false, "save \"\""), InlineData(true, "appendonly yes")]
    public async Task Restore_brings_a_redis_on_the_server_back_and_Rollback_undoes_it(bool overSsh, string setting)
    {
        await using var sshd = await ThrowawaySshd.StartAsync(Patience);
        await using var deployment = await NativeDeployment.StartAsync(
            new RedisServerOptions { Password = "s3cret", Settings = ["enable-debug-command local", setting] }, Patience);
        var redis = deployment.Redis.Cli;
        var reaching = overSsh ? deployment.Over(sshd) : deployment.Here;
        await deployment.FillAsync(300, 200, Patience);
        await redis.RunAsync(["RPUSH", "usage:records:1", "a", "b"], Patience);
        var (digest, process) = (await redis.RunAsync(["DEBUG", "DIGEST"], Patience), await redis.InfoAsync("process_id", Patience));
        var made = await RelayOpsProcess.RunAsync(["Backup", .. reaching]);
        Assert.True(made.ExitCode == 0, made.ToString());
        await redis.RunAsync(["FLUSHALL"], Patience);
        await redis.RunAsync(["SET", "written:after", "the backup"], Patience);
        var init = Path.Combine(deployment.Path, "data", "init.json");
        await File.WriteAllTextAsync(init, "broken", Patience);

        var restored = await RelayOpsProcess.RunAsync(["Restore", .. reaching, "--backup-id", "latest", "--confirm", "yes"]);

        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Equal(digest, await redis.RunAsync(["DEBUG", "DIGEST"], Patience));
        Assert.NotEqual(process, await redis.InfoAsync("process_id", Patience));
        Assert.Equal(Path.Combine(deployment.Redis.Directory, "redis.conf"), await redis.InfoAsync("config_file", Patience));
        Assert.Contains("cr_admin", await File.ReadAllTextAsync(init, Patience), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", restored.ToString(), StringComparison.Ordinal);

        var undone = await RelayOpsProcess.RunAsync(["Rollback", .. reaching, "--confirm", "yes"]);

        Assert.True(undone.ExitCode == 0, undone.ToString());
        Assert.Equal("the backup", await redis.RunAsync(["GET", "written:after"], Patience));
        Assert.Equal("broken", await File.ReadAllTextAsync(init, Patience));
    }

    /// <summary>Changes: lock, journal, unpack, layout, journal, preparation, watchdog, then the stop with the exchange, and the start of this Redis.</summary>
    [Fact]
    public async Task Restore_leaves_the_whole_old_or_the_whole_new_data_wherever_it_breaks_off()
    {
        await using var scenario = await NativeScenario.BeginAsync();
        var source = await scenario.BackupAsync();
        foreach (var (at, fault) in new[] { (8, Fault.Error), (8, Fault.VanishAfter), (9, Fault.Error), (9, Fault.VanishAfter) })
        {
            await scenario.MarkAsync("old");
            var faulty = new FaultyHost(scenario.Host, at, fault);
            var failure = await Record.ExceptionAsync(() => scenario.RestoreAsync(source, through: faulty));
            Assert.Equal(fault == Fault.Error ? ExitStatus.RolledBack : ExitStatus.NoConnection, Assert.IsType<RelayOpsException>(failure).Status);
            scenario.ExpireLock();
            // The next run: it looks for what was left behind before it asks, and is told no.
            var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(
                source, scenario.Request with { ConfirmAsync = (_, _) => Task.FromResult(false) }));
            Assert.True(refused.What == "nothing was changed", $"{fault} at change {at}: {refused.Message}");
            Assert.Equal("old old", await scenario.MarksAsync());
            Assert.Empty(scenario.Leftovers());
        }
    }

    [Fact]
    public async Task Watchdog_starts_the_former_redis_when_the_operator_has_vanished()
    {
        await using var scenario = await NativeScenario.BeginAsync();
        var source = await scenario.BackupAsync();
        await scenario.MarkAsync("old");
        // Lock, journal, unpack, layout, journal, preparation, watchdog: stop and exchange are the eighth change.
        var faulty = new FaultyHost(scenario.Host, at: 8, Fault.VanishAfter);

        var lost = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(
            source, scenario.Request with { HealthTimeout = TimeSpan.FromSeconds(3) }, faulty));
        Assert.Equal(ExitStatus.NoConnection, lost.Status);
        Assert.Contains("\"phase\":\"Switched\"", await File.ReadAllTextAsync(Path.Combine(scenario.Deployment.Path, ".relayops", "journal.json"), Patience), StringComparison.Ordinal);
        await scenario.WaitForRedisAsync();

        Assert.Equal("old old", await scenario.MarksAsync());
        scenario.ExpireLock();
        await scenario.RestoreAsync(source);
        Assert.Contains(scenario.Said.Warnings, warning => warning.Contains("the watchdog has brought the former data back", StringComparison.Ordinal));
        Assert.Equal("new new", await scenario.MarksAsync());
    }

    [Fact]
    public async Task Restore_ends_in_2_where_another_redis_would_be_started_than_was_stopped()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["appendonly yes", "enable-protected-configs local"] }, Patience);
        var made = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);
        Assert.True(made.ExitCode == 0, made.ToString());
        var process = await deployment.Redis.Cli.InfoAsync("process_id", Patience);
        await deployment.Redis.Cli.RunAsync(["CONFIG", "SET", "appendonly", "no"], Patience);
        await AssertRefusedAsync(deployment, "does not say what redis runs with (appendonly)");
        await deployment.Redis.Cli.RunAsync(["CONFIG", "SET", "dir", "/"], Patience);
        await AssertRefusedAsync(deployment, "it keeps its data in /");

        Assert.Equal(process, await deployment.Redis.Cli.InfoAsync("process_id", Patience));
        Assert.Empty(Directory.EnumerateFileSystemEntries(deployment.Path, "*.bak.*"));
    }

    [Fact]
    public async Task Restore_stops_and_starts_the_unit_of_systemd_that_runs_redis()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["appendonly yes"] }, Patience);
        using var directory = TestDirectory.Create("relayops-systemctl-");
        await WriteSystemctlAsync(directory, deployment.Redis.Directory);
        var environment = new Dictionary<string, string> { ["PATH"] = $"{directory.Path}:{Environment.GetEnvironmentVariable("PATH")}" };
        var redis = deployment.Redis.Cli;
        await redis.RunAsync(["SET", "mark", "new"], Patience);
        var made = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);
        Assert.True(made.ExitCode == 0, made.ToString());
        await redis.RunAsync(["SET", "mark", "old"], Patience);

        await using var run = RelayOpsProcess.Start(environment, ["Restore", .. deployment.Here, "--backup-id", "latest", "--confirm", "yes"]);
        var restored = await run.WaitAsync();

        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Contains("relay-redis.service", restored.Output, StringComparison.Ordinal);
        Assert.Equal("new", await redis.RunAsync(["GET", "mark"], Patience));
        Assert.Equal(["stop relay-redis.service", "start relay-redis.service"], await File.ReadAllLinesAsync(directory.File("done"), Patience));
    }

    /// <summary>It is opened once to be verified, once to be looked into, once to be brought to the server.</summary>
    [Fact]
    public async Task Restore_ends_in_4_where_the_store_hands_out_another_archive_than_the_one_it_verified()
    {
        await using var scenario = await NativeScenario.BeginAsync();
        using var directory = TestDirectory.Create("relayops-planted-");
        SwappingStore? swapping = null;
        var source = await scenario.BackupAsync(store => swapping = new SwappingStore(store, directory.File("planted.tar.gz")));
        await scenario.MarkAsync("old");
        foreach (var (opening, planted) in new[] { (2, "sed -i s/new/planted/ */data/mark"), (3, ":") })
        {
            // Packed anew with other figures in its header, even where every entry is the same.
            await Shell.RunAsRootAsync("sh", ["-ec", $"cd \"$1\" && rm -rf x && mkdir x && tar xpzf \"$2\" -C x && cd x && {planted} && tar tzf \"$2\" | tar cf - --no-recursion -T - | gzip -1 > \"$3\"", "sh",
                directory.Path, scenario.Deployment.Archives.Single(), swapping!.Planted], Patience);
            (swapping.Opened, swapping.PlantsAt) = (1, opening);

            var error = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(source));

            Assert.Contains("is not what was verified a moment ago", error.Message, StringComparison.Ordinal);
            Assert.Equal((ExitStatus.BadBackup, opening), (error.Status, swapping.Opened));
            Assert.Equal("old old", await scenario.MarksAsync());
            Assert.Empty(scenario.Leftovers());
            Assert.Empty(Directory.EnumerateFileSystemEntries(scenario.Deployment.Path, "*.bak.*"));
        }

        // Nor where it cannot be read to the end, which is where it is held to what was verified.
        (swapping!.Opened, swapping.PlantsAt, swapping.BreaksAt) = (1, int.MaxValue, 3);
        var broken = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(source));
        Assert.Equal((ExitStatus.BadBackup, 3), (broken.Status, swapping.Opened));
        Assert.Equal("old old", await scenario.MarksAsync());
        Assert.Empty(scenario.Leftovers());

        swapping.BreaksAt = int.MaxValue;
        await scenario.RestoreAsync(source);
        Assert.Equal("new new", await scenario.MarksAsync());
    }

    private static async Task AssertRefusedAsync(NativeDeployment deployment, string why)
    {
        var refused = await RelayOpsProcess.RunAsync(["Restore", .. deployment.Here, "--backup-id", "latest", "--confirm", "yes"]);

        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Contains(why, refused.ToString(), StringComparison.Ordinal);
    }

    /// <summary>What systemd answers about a unit that runs this Redis, and does when it is told to.</summary>
    private async Task WriteSystemctlAsync(TestDirectory directory, string home)
    {
        await File.WriteAllTextAsync(directory.File("systemctl"), $$"""
            #!/bin/sh
            pid=$(cat "{{home}}/redis.pid")
            case "$*" in
              "status --no-pager -n 0 $pid") echo "● relay-redis.service - the relay's own store" ;;
              "show -p MainPID --value relay-redis.service") echo "$pid" ;;
              "show -p ExecStart --value relay-redis.service")
                echo "{ path=/usr/bin/redis-server ; argv[]=/usr/bin/redis-server {{home}}/redis.conf --supervised systemd ; ignore_errors=no }" ;;
              "--no-ask-password stop relay-redis.service") echo "stop $3" >> "{{directory.Path}}/done"; kill "$pid" ;;
              "--no-ask-password start relay-redis.service")
                echo "start $3" >> "{{directory.Path}}/done"
                setsid redis-server "{{home}}/redis.conf" </dev/null >/dev/null 2>&1 & ;;
              *) exit 1 ;;
            esac
            """, Patience);
        File.SetUnixFileMode(directory.File("systemctl"), (UnixFileMode)0b111_101_101);
    }
}
