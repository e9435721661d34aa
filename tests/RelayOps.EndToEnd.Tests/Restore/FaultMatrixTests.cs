using System.Collections.Concurrent;
using RelayOps.Core;
using RelayOps.Core.Operations.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Users;
using Xunit.Abstractions;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>
/// Something happens at every command that changes the server, one after the other, until a restore needs no more of them. Behind each point
/// the next run finds the whole old or the whole new data running, and leaves nothing lying about.
/// </summary>
[Collection(OneServer.Name)]
public sealed class FaultMatrixTests(Server server, ITestOutputHelper output)
{
    /// <summary>The changes during which a full disk matters: the lock, both journals, the unpacking, the layout, and the exchange.</summary>
    private static readonly int[] Writing = [1, 2, 3, 4, 5, 8];

    private readonly ConcurrentQueue<string> _points = [];

    [Fact]
    public async Task Restore_leaves_the_whole_old_or_the_whole_new_data_wherever_it_breaks_off()
    {
        await using var disk = await SmallDisk.MountAsync($"{ServerUsers.Sudo.Home}/matrix-disk", megabytes: 120);
        // Each deployment waits for docker most of the time: side by side they take little longer than one.
        await Task.WhenAll(
            StrikeEverywhereAsync(Fault.Error, ServerUsers.Sudo, "relay-error"),
            StrikeEverywhereAsync(Fault.Hang, ServerUsers.Sudo, "relay-hang"),
            StrikeEverywhereAsync(Fault.VanishAfter, ServerUsers.Docker, "relay-vanish"),
            StrikeEverywhereAsync(Fault.DiskFull, ServerUsers.Sudo, "matrix-disk/relay"));

        foreach (var point in _points.Order(StringComparer.Ordinal))
            output.WriteLine(point);
        output.WriteLine($"{_points.Count} points");
        Assert.InRange(_points.Count, 40, 80);
    }

    private async Task StrikeEverywhereAsync(Fault fault, ServerUser user, string directory)
    {
        var options = new DeploymentOptions { DirectoryName = directory, ProjectName = directory.Replace('/', '-'), Dataset = null };
        await using var scenario = await Scenario.BeginAsync(server, user, options, TimeSpan.FromMinutes(60));
        await MarkAsync(scenario, "new");
        var source = await scenario.BackupAsync();
        await MarkAsync(scenario, "old");
        // Nothing here is meant to wait for a time-out: on a busy machine the service may take long to start.
        var request = scenario.Request with { HealthTimeout = TimeSpan.FromMinutes(5) };
        for (var at = 1; ; at++)
        {
            if (fault == Fault.DiskFull && at > Writing[^1])
                break;
            if (fault == Fault.DiskFull && !Writing.Contains(at))
                continue;
            var faulty = new FaultyHost(scenario.Host, at, fault) { FillAsync = full => FillAsync(scenario, full) };
            var failure = await Record.ExceptionAsync(() => scenario.RestoreAsync(source, request, faulty.Bounded));
            if (!faulty.HasStruck)
                break;
            var where = $"{fault,-8} at change {at,2}";
            _points.Enqueue($"{where}: {await RecoverAsync(scenario, failure, where)}");
        }
    }

    /// <summary>The next run mends what is left, and then everything is of one piece.</summary>
    /// <returns>How it ended, and with which data.</returns>
    private static async Task<string> RecoverAsync(Scenario scenario, Exception? failure, string where)
    {
        var status = failure is null ? ExitStatus.Done : Assert.IsType<RelayOpsException>(failure).Status;
        if ((await scenario.LeftoversAsync()).Any(name => !name.Contains(".bak.", StringComparison.Ordinal)))
        {
            await scenario.ExpireLockAsync();
            await scenario.RecoverAsync();
        }

        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(90), scenario.Patience);
        var mark = await AssertWholeAsync(scenario, where);
        switch (status)
        {
            case ExitStatus.Done:
                Assert.True(mark == "new", $"{where}: it claims to have succeeded");
                break;
            case ExitStatus.NoConnection:
                break;
            default:
                Assert.True(status is ExitStatus.Failed or ExitStatus.WrongUse or ExitStatus.RolledBack, $"{where}: {failure}");
                Assert.True(mark == "old", $"{where}: it says that nothing was changed, or was put back: {failure?.Message}");
                break;
        }

        if (mark == "new")
            await MarkAsync(scenario, "old");
        return $"exit {(int)status}, {mark} data";
    }

    private static async Task MarkAsync(Scenario scenario, string mark)
    {
        await scenario.RedisAsync("SET", "mark", mark);
        await scenario.AsRootAsync($"cd \"$1\" && echo {mark} > data/mark && echo {mark} > logs/mark");
    }

    private static Task<string> FillAsync(Scenario scenario, bool full) => scenario.AsRootAsync(full
        ? "head -c 200M /dev/zero > \"$1/../filler\" 2>/dev/null; [ \"$(df -Pk \"$1\" | awk 'END { print $4 }')\" = 0 ]"
        : "rm \"$1/../filler\"");

    private static async Task<string> AssertWholeAsync(Scenario scenario, string where)
    {
        var marks = new[] { await scenario.RedisAsync("GET", "mark") }
            .Concat((await scenario.AsRootAsync("cd \"$1\" && cat data/mark logs/mark")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(marks.Distinct().Count() == 1, $"{where}: a mixture of {string.Join(", ", marks)}");
        var left = (await scenario.LeftoversAsync()).Where(name => !name.Contains(".bak.", StringComparison.Ordinal));
        Assert.True(!left.Any(), $"{where}: {string.Join(' ', left)}");
        return marks.First();
    }
}
