using RelayOps.Core.Deployments;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Backup;

/// <summary>Whatever ends a backup early: nothing half-written is left, the server is as it was, and the next backup succeeds.</summary>
[Collection(OneServer.Name)]
public sealed class InterruptionTests(Server server)
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task Backup_cleans_up_after_a_signal(string signal, int status)
    {
        await using var deployment = await StartAsync();
        await using var relay = Slow();
        await using var backup = await InTheMiddleAsync(deployment, relay);

        backup.Signal(signal);
        var result = await backup.WaitAsync();

        Assert.True(result.ExitCode == status, result.ToString());
        AssertNothingLeft(deployment);
    }

    [Fact]
    public async Task Backup_that_was_killed_leaves_nothing_behind_the_next_one()
    {
        await using var deployment = await StartAsync();
        await using var relay = Slow();
        await using (var backup = await InTheMiddleAsync(deployment, relay))
        {
            backup.Signal("KILL");
            await backup.WaitAsync();
        }

        // The dead one's lock is not renewed any more; an hour passes.
        await Task.Run(() => File.SetLastWriteTimeUtc(Path.Combine(deployment.Path, ".relayops", "lock", "token"), DateTime.UtcNow.AddHours(-1)));
        var next = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);

        Assert.True(next.ExitCode == 0, next.ToString());
        Assert.Contains("taken over", next.ToString(), StringComparison.Ordinal);
        Assert.Single(deployment.Archives);
        AssertNoHiddenFiles(deployment);
    }

    [Fact]
    public async Task Backup_ends_in_3_when_the_connection_is_cut()
    {
        await using var deployment = await StartAsync();
        await using var relay = Slow();
        await using var backup = await InTheMiddleAsync(deployment, relay);

        relay.Cut();
        var result = await backup.WaitAsync();

        Assert.True(result.ExitCode == 3, result.ToString());
        Assert.Empty(deployment.Archives);
        AssertNoHiddenFiles(deployment);
    }

    [Fact]
    public async Task Backup_ends_in_1_and_keeps_nothing_when_the_disk_here_is_full()
    {
        await using var deployment = await StartAsync();
        var small = Path.Combine(deployment.Path, "small");
        await using var disk = await SmallDisk.MountAsync(small, megabytes: 4);
        await Shell.RunAsRootAsync("chmod", ["1777", small], Patience);
        string[] arguments = ["Backup", .. deployment.Here, "--backup-directory", Path.Combine(small, "store")];

        var result = await RelayOpsProcess.RunAsync(Last(arguments, "--backup-directory"));

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(small, "store")));
        Assert.False(Directory.Exists(Path.Combine(deployment.Path, ".relayops")));
        Assert.Equal("OK", await deployment.Redis.Cli.RunAsync(["SAVE"], Patience));
    }

    /// <summary>The parameter's last value alone.</summary>
    private static IEnumerable<string> Last(string[] arguments, string name)
    {
        var last = Array.LastIndexOf(arguments, name);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == name && i != last)
                i++;
            else
                yield return arguments[i];
        }
    }

    [Fact]
    public async Task Backup_ends_in_7_while_another_one_holds_the_deployment()
    {
        await using var deployment = await StartAsync();
        await using var relay = Slow();
        await using var first = await InTheMiddleAsync(deployment, relay);

        var second = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);

        Assert.True(second.ExitCode == 7, second.ToString());
        Assert.Contains("Backup by", second.ToString(), StringComparison.Ordinal);
        relay.BytesPerSecond = null;
        Assert.Equal(0, (await first.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task Backup_waits_for_the_lock_when_told_to()
    {
        await using var deployment = await StartAsync();
        await using var relay = Slow();
        await using var first = await InTheMiddleAsync(deployment, relay);
        await using var second = RelayOpsProcess.Start(new Dictionary<string, string>(), ["Backup", .. deployment.Here, "--lock-wait", "60s"]);
        await second.SaysAsync("waiting for");

        relay.BytesPerSecond = null;

        Assert.Equal(0, (await first.WaitAsync()).ExitCode);
        var result = await second.WaitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task Backup_first_undoes_what_a_restore_that_was_killed_had_staged()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(5, 10, Patience);
        var journal = new RestoreJournal
        {
            Operation = "Restore",
            Stamp = "20250805_142530",
            Phase = RestorePhase.Staging,
            StartedAt = DateTimeOffset.UnixEpoch,
            Items = [],
            Running = [],
            Redis = true,
        };
        var staging = Path.Combine(deployment.Path, journal.Staging);
        Directory.CreateDirectory(Path.Combine(staging, "redis_data"));
        await File.WriteAllTextAsync(Path.Combine(deployment.Path, ".relayops", "journal.json"), journal.ToText());

        var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("an earlier Restore (20250805_142530) broke off", result.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(staging));
    }

    private static async Task<NativeDeployment> StartAsync()
    {
        var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["rdbcompression no"] }, Patience);
        await deployment.FillAsync(20_000, 1000, Patience);
        return deployment;
    }

    private CountingRelay Slow()
    {
        var relay = CountingRelay.Start(server.Sshd.Port);
        relay.BytesPerSecond = 1_000_000;
        return relay;
    }

    /// <summary>A backup that is writing its archive.</summary>
    private async Task<RelayOpsProcess> InTheMiddleAsync(NativeDeployment deployment, CountingRelay relay)
    {
        var backup = RelayOpsProcess.Start(new Dictionary<string, string>(), ["Backup", .. deployment.Over(server.Sshd, relay)]);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (relay.BytesDown < 1_500_000)
            await tick.WaitForNextTickAsync(Patience);
        return backup;
    }

    private static void AssertNothingLeft(NativeDeployment deployment)
    {
        Assert.Empty(deployment.Archives);
        AssertNoHiddenFiles(deployment);
        Assert.False(Directory.Exists(Path.Combine(deployment.Path, ".relayops")), "the lock is still there");
    }

    private static void AssertNoHiddenFiles(NativeDeployment deployment) =>
        Assert.DoesNotContain(Directory.GetFileSystemEntries(deployment.Store).Select(Path.GetFileName), name => name!.StartsWith('.'));
}
