using System.Net;
using RelayOps.Core;
using RelayOps.Core.Operations.Migrate;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A migration that breaks off at each of its steps: one complete service runs in the end, never two, and no data are lost.</summary>
[Collection(Beside.Name)]
public sealed class MoveFaultTests(Server server)
{
    [Fact]
    public async Task Migrate_leaves_one_whole_service_wherever_its_cut_over_breaks_off()
    {
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Sudo, "relay-docker");
        foreach (var (step, fault) in new[]
        {
            (CutOver.SendFiles, Fault.Error), (CutOver.Create, Fault.Error), (CutOver.SendDataset, Fault.Error), (CutOver.StopRedis, Fault.Error),
            (CutOver.Stop, Fault.VanishAfter), (CutOver.StartRedis, Fault.VanishAfter), (CutOver.HandOver, Fault.Error), (CutOver.HandOver, Fault.VanishAfter), (CutOver.StartService, Fault.Error),
            (CutOver.StartService, Fault.VanishAfter), (CutOver.Accept, Fault.Error),
        })
            await BreakOffAsync(scenario, step, fault);
    }

    /// <summary>What clients wrote to the new service is nowhere else: whatever an operator does next, it stays until they say that it may go.</summary>
    [Fact]
    public async Task Migrate_keeps_what_clients_wrote_to_a_service_that_it_handed_over_and_cannot_finish()
    {
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Docker, "relay-sudo");
        var shared = new SharedFault(CutOver.StartService, Fault.VanishAfter);
        var failure = await Record.ExceptionAsync(() => scenario.MoveAsync(Request(scenario), shared.OnOld(scenario.Old), shared.OnNew(scenario.New)));
        Assert.True(shared.HasStruck, $"{failure}");
        await scenario.Arrived.WaitUntilHealthyAsync(TimeSpan.FromSeconds(60), scenario.Patience);
        await (await scenario.Arrived.RedisAsync(scenario.Patience)).RunAsync(["SET", "written", "there"], scenario.Patience);
        await scenario.Arrived.ComposeAsync(["rm", "--stop", "--force", "redis"], scenario.Patience);
        await scenario.ExpireLocksAsync();

        var stuck = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.MoveAsync(Request(scenario)));
        Assert.Equal(ExitStatus.Stuck, stuck.Status);
        Assert.Contains("not taken back by itself", stuck.Next);
        // Without containers nobody can tell any more that it has served.
        await scenario.Arrived.ComposeAsync(["down"], scenario.Patience);
        Assert.Equal(ExitStatus.Stuck, (await Assert.ThrowsAsync<RelayOpsException>(() => scenario.MoveAsync(Request(scenario)))).Status);
        Assert.Null(await scenario.Deployment.FindHealthAsync(scenario.Patience));
        await scenario.RollbackAsync();
        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.MoveAsync(Request(scenario)));

        Assert.Equal(ExitStatus.WrongUse, refused.Status);
        Assert.Contains("nowhere else", refused.Why);
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        await scenario.Arrived.ComposeAsync(["up", "-d", "--no-build", "redis"], scenario.Patience);
        var redis = await scenario.Arrived.RedisAsync(scenario.Patience);
        await redis.WaitUntilIdleAsync(scenario.Patience);
        Assert.Equal("there", await redis.RunAsync(["GET", "written"], scenario.Patience));
    }

    private static async Task BreakOffAsync(MoveScenario scenario, CutOver step, Fault fault)
    {
        var shared = step.IsBefore ? new SharedFault(step, fault) { Begins = null } : new SharedFault(step, fault);
        var mark = $"{fault} {step}";
        await (await scenario.Deployment.RedisAsync(scenario.Patience)).RunAsync(["SET", "mark", mark], scenario.Patience);
        var failure = await Record.ExceptionAsync(() => scenario.MoveAsync(Request(scenario), shared.OnOld(scenario.Old), shared.OnNew(scenario.New)));
        Assert.True(shared.HasStruck, $"{mark}: {failure}");
        var both = (await scenario.Deployment.FindHealthAsync(scenario.Patience), await scenario.Arrived.FindHealthAsync(scenario.Patience));
        Assert.True(both is not ("healthy", "healthy"), $"two services after {mark}");
        await scenario.ExpireLocksAsync();
        // The next run finishes what was handed over, or undoes the rest and is told no.
        var next = await Record.ExceptionAsync(() => scenario.MoveAsync(Request(scenario) with { ConfirmAsync = (_, _) => Task.FromResult(false) }));
        await AssertOneAsync(scenario, mark, $"{mark}: {failure?.Message}; then {next?.Message}");
    }

    /// <summary>The trial is before the cut-over.</summary>
    private static MoveRequest Request(MoveScenario scenario) => scenario.Request with { TrialBoots = false };

    private static async Task AssertOneAsync(MoveScenario scenario, string mark, string where)
    {
        var isNew = await scenario.Arrived.FindHealthAsync(scenario.Patience) == "healthy";
        var isOld = await scenario.Deployment.FindHealthAsync(scenario.Patience) == "healthy";
        Assert.True(isNew != isOld, $"{(isNew ? "two services" : "no service")}, {where}");
        var serving = isNew ? scenario.Arrived : scenario.Deployment;
        Assert.Equal(mark, await (await serving.RedisAsync(scenario.Patience)).RunAsync(["GET", "mark"], scenario.Patience));
        Assert.Equal(HttpStatusCode.OK, await serving.AskAsync(serving.ApiKeys[0], scenario.Patience));
        Console.WriteLine($"{(isNew ? "new" : "old")} serves, {where}");
        if (!isNew)
        {
            Assert.Equal("", await scenario.AsRootAsync("""ls -A "$2" 2>/dev/null; ls "$1" | grep MOVED; ls "$1/.relayops/journal.json" 2>/dev/null || :"""));
            return;
        }

        // Back again, as an operator does it.
        await scenario.Arrived.DisposeAsync();
        await scenario.RollbackAsync();
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(60), scenario.Patience);
    }
}
