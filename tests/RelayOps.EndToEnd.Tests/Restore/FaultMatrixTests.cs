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
[Collection(Beside.Name)]
public sealed class FaultMatrixTests(Server server, ITestOutputHelper output)
{
    /// <summary>
    /// Lock, journal, unpacking, layout, journal, preparation and start of the watchdog, stop and exchange, start of redis, start of the service, end of
    /// the watchdog, journal, and tidying up. A command that hangs ends as one that fails, but for what it leaves running: once for each phase is enough.
    /// </summary>
    private static readonly int[] Hanging = [1, 3, 5, 7, 8, 9, 10, 12];

    /// <summary>Those that write. The stop is not among them: a redis that cannot save does not end, and a restore does not begin on a full disk.</summary>
    private static readonly int[] Writing = [1, 2, 3, 4, 5, 6, 12];

    private readonly ConcurrentQueue<string> _points = [];

    [Fact]
    public async Task Restore_leaves_the_whole_old_or_the_whole_new_data_wherever_it_breaks_off()
    {
        await using var disk = await SmallDisk.MountAsync($"{ServerUsers.Sudo.Home}/matrix-disk", megabytes: 120);
        // Each deployment waits for docker most of the time: side by side two take little longer than one.
        await Task.WhenAll(
            StrikeAsync(ServerUsers.Docker, "relay-matrix", (Fault.VanishAfter, Everywhere)),
            StrikeAsync(ServerUsers.Sudo, "matrix-disk/relay", (Fault.Error, Everywhere), (Fault.Hang, Hanging), (Fault.DiskFull, Writing)));

        foreach (var point in _points.Order(StringComparer.Ordinal))
            output.WriteLine(point);
        output.WriteLine($"{_points.Count} points");
        Assert.InRange(_points.Count, 40, 80);
    }

    private static IEnumerable<int> Everywhere => Enumerable.Range(1, int.MaxValue);

    private async Task StrikeAsync(ServerUser user, string directory, params (Fault Fault, IEnumerable<int> Points)[] faults)
    {
        var options = new DeploymentOptions { DirectoryName = directory, ProjectName = directory.Replace('/', '-'), Dataset = null };
        await using var scenario = await Scenario.BeginAsync(server, user, options, TimeSpan.FromMinutes(60));
        await MarkAsync(scenario, "new");
        var source = await scenario.BackupAsync();
        await MarkAsync(scenario, "old");
        foreach (var (fault, points) in faults)
        {
            foreach (var at in points)
            {
                if (!await StrikeAsync(scenario, source, fault, at))
                    break;
            }
        }
    }

    /// <returns>False when the restore needed no so many changes.</returns>
    private async Task<bool> StrikeAsync(Scenario scenario, RestoreSource source, Fault fault, int at)
    {
        var faulty = new FaultyHost(scenario.Host, at, fault) { FillAsync = full => FillAsync(scenario, full) };
        // Nothing here is meant to wait for a time-out: on a busy machine the service may take long to start.
        var request = scenario.Request with { HealthTimeout = TimeSpan.FromMinutes(5) };
        var failure = await Record.ExceptionAsync(() => scenario.RestoreAsync(source, request, faulty.Bounded));
        if (!faulty.HasStruck)
        {
            Assert.Null(failure);
            await MarkAsync(scenario, "old");
            return false;
        }

        var where = $"{fault,-11} at change {at,2}";
        _points.Enqueue($"{where}: {await RecoverAsync(scenario, failure, where)}");
        return true;
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

        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromMinutes(3), scenario.Patience);
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
