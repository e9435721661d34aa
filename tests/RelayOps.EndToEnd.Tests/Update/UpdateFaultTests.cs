using System.Collections.Concurrent;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Users;
using Xunit.Abstractions;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>Something happens at every command by which an update changes the server, one after the other.</summary>
[Collection(Beside.Name)]
public sealed class UpdateFaultTests(Server server, ITestOutputHelper output)
{
    /// <summary>Every other command meets one kind of fault; with RELAYOPS_EVERY_FAULT each command each kind, which takes four times as long.</summary>
    private static readonly int Every = Environment.GetEnvironmentVariable("RELAYOPS_EVERY_FAULT") is null ? 4 : 1;

    private readonly ConcurrentQueue<string> _points = [];

    [Fact]
    public async Task Update_leaves_one_complete_service_with_all_data_wherever_it_breaks_off()
    {
        // Each deployment waits for docker most of the time: side by side they take little longer than one.
        await Task.WhenAll(
            StrikeEverywhereAsync(Fault.Error, ServerUsers.Sudo, "update-error", first: 2),
            StrikeEverywhereAsync(Fault.VanishAfter, ServerUsers.Docker, "update-vanish", first: 1));

        foreach (var point in _points.Order(StringComparer.Ordinal))
            output.WriteLine(point);
        Assert.InRange(_points.Count, 28 / Every, 44 / Every);
    }

    private async Task StrikeEverywhereAsync(Fault fault, ServerUser user, string directory, int first)
    {
        await using var versions = await Versions.BeginAsync(
            server, user, new DeploymentOptions { DirectoryName = directory, ProjectName = directory, Dataset = null });
        var scenario = versions.Scenario;
        var former = await versions.RunningAsync();
        await versions.PublishAsync();
        for (var at = first; ; at += Every)
        {
            await scenario.RedisAsync("SET", "mark", $"{at}");
            await scenario.AsRootAsync($"echo {at} >\"$1/data/mark\"");
            var faulty = new FaultyHost(scenario.Host, at, fault);
            var failure = await Record.ExceptionAsync(() => versions.UpdateAsync(through: faulty));
            if (!faulty.HasStruck)
                break;
            await scenario.ExpireLockAsync();
            await versions.RecoverAsync();

            var where = $"{fault,-11} at change {at,2}";
            await AssertWholeAsync(versions, $"{at}", $"{where}: {failure?.Message}");
            var running = await versions.RunningAsync();
            _points.Enqueue($"{where}: the {(running == former ? "former" : "newer")} version runs{(failure is null ? "" : $"; {failure.Message}")}");
            if (running == former)
                continue;
            former = running;
            await versions.PublishAsync();
        }
    }

    private static async Task AssertWholeAsync(Versions versions, string mark, string where)
    {
        var scenario = versions.Scenario;
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(90), scenario.Patience);
        var (running, means) = (await versions.RunningAsync(), await versions.MeansAsync(versions.Service));
        Assert.True(running == means, $"{where}: {running} runs, and {means} would be started");
        Assert.True(await scenario.RedisAsync("GET", "mark") == mark && (await scenario.AsRootAsync("cat \"$1/data/mark\"")).Trim() == mark, $"{where}: data are lost");
        var left = await scenario.LeftoversAsync();
        Assert.True(!left.Any(name => name.Contains("staging") || name.Contains("journal") || name.Contains("stray")), $"{where}: {string.Join(' ', left)}");
    }
}
