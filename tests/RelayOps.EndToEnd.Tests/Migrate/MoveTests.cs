using System.Net;
using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A whole migration between two real servers, and the way back.</summary>
[Collection(Beside.Name)]
public sealed class MoveTests(Server server)
{
    [Fact]
    public async Task Migrate_moves_every_key_and_file_and_Rollback_brings_the_service_back()
    {
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Docker, "relay-sudo");
        var key = scenario.Deployment.ApiKeys[0];

        var outcome = await scenario.MoveAsync();

        Assert.Equal(HttpStatusCode.OK, await scenario.Arrived.AskAsync(key, scenario.Patience));
        Assert.Equal("healthy", await scenario.Arrived.FindHealthAsync(scenario.Patience));
        Assert.Null(await scenario.Deployment.FindHealthAsync(scenario.Patience));
        var digest = await scenario.DigestAsync(scenario.Arrived);
        // The logs of the day go on, on either side.
        const string kept = "redis_data data docker-compose.yml .env logs/claude-relay-2025-08-0* -maxdepth 0 -o -path './data/*'";
        Assert.Equal(await scenario.FilesAsync(scenario.Deployment.Path, kept, ServerUsers.Docker),
            await scenario.FilesAsync(scenario.NewPath, kept, Bed.Second.User("relay-sudo")));
        Console.WriteLine($"{outcome} {string.Join(", ", outcome.Downtime)}\n{scenario.Said}");

        Assert.Contains(scenario.NewPath, await scenario.AsRootAsync("cat \"$1/MOVED-TO.txt\""));
        await scenario.Arrived.ComposeAsync(["stop", "-t", "20"], scenario.Patience);
        await FailToGoBackAsync(scenario);
        await scenario.RollbackAsync();
        Assert.Equal(HttpStatusCode.OK, await scenario.Deployment.AskAsync(key, scenario.Patience));
        Assert.Equal(await scenario.DigestAsync(scenario.Deployment), digest);
        Assert.Contains(scenario.Said.Warnings, warning => warning.Contains(scenario.NewPath, StringComparison.Ordinal));
        Assert.Equal("", await scenario.AsRootAsync("ls \"$1\" | grep MOVED || :"));
    }

    /// <summary>Half started, the old service would come up at the next reboot beside the new one: it is stopped again, and nobody but a rollback starts it.</summary>
    private static async Task FailToGoBackAsync(MoveScenario scenario)
    {
        var startService = new CutOver("starting the old service", false, "docker start", 2);
        var failed = new SharedFault(startService, Fault.Error) { Begins = null };

        var failure = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RollbackAsync(failed.OnOld(scenario.Old)));

        Assert.True(failed.HasStruck, failure.Message);
        Assert.Equal(ExitStatus.Failed, failure.Status);
        Assert.Contains("it is stopped again", failure.What, StringComparison.Ordinal);
        Assert.Equal("", await RunningAsync(scenario));
        Assert.Contains(scenario.NewPath, await scenario.AsRootAsync("cat \"$1/MOVED-TO.txt\"; ls \"$1/.relayops/journal.json\" 2>/dev/null || :"));

        var cut = new SharedFault(startService, Fault.VanishAfter) { Begins = null };
        await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RollbackAsync(cut.OnOld(scenario.Old)));
        await scenario.ExpireLocksAsync();
        await scenario.Deployment.ComposeAsync(["stop", "-t", "20"], scenario.Patience);
        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.MoveAsync());
        Assert.Equal(ExitStatus.WrongUse, refused.Status);
        Assert.Contains("run Rollback", refused.Next, StringComparison.Ordinal);
        Assert.Equal("", await RunningAsync(scenario));
    }

    private static Task<string> RunningAsync(MoveScenario scenario) =>
        Bed.First.RunAsync(["ps", "-q", "--filter", $"label=com.docker.compose.project.working_dir={scenario.Deployment.Path}"], scenario.Patience);
}
