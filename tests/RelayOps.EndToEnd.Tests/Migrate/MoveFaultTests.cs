using System.Net;
using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A cut-over that breaks off at each of its commands: one complete service runs in the end, never two, and no data are lost.</summary>
[Collection(OneServer.Name)]
public sealed class MoveFaultTests(Server server)
{
    [Theory, InlineData("Error"), InlineData("VanishAfter")]
    public async Task Migrate_leaves_one_whole_service_wherever_its_cut_over_breaks_off(string kind)
    {
        var fault = Enum.Parse<Fault>(kind);
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Sudo, "relay-docker");
        var struck = 0;
        for (var at = 1; ; at++)
        {
            var shared = new SharedFault(at, fault);
            await (await scenario.Deployment.RedisAsync(scenario.Patience)).RunAsync(["SET", "mark", $"{at}"], scenario.Patience);
            var failure = await Record.ExceptionAsync(() =>
                scenario.MoveAsync(scenario.Request with { TrialBoots = false }, shared.On(scenario.Old), shared.On(scenario.New)));
            if (shared.Struck is null)
                break;
            struck++;
            Console.WriteLine($"{kind} {at} {shared.Struck[..Math.Min(160, shared.Struck.Length)]} -> {failure?.GetType().Name} {failure?.Message}");
            await AssertNotTwoAsync(scenario, shared.Struck);
            await scenario.ExpireLocksAsync();
            // The next run finishes what was handed over, or undoes the rest and is told no.
            var next = await Record.ExceptionAsync(() => scenario.MoveAsync(scenario.Request with { ConfirmAsync = (_, _) => Task.FromResult(false) }));
            await AssertOneAsync(scenario, at, $"{fault} at change {at}, {shared.Struck}: {failure?.Message}; then {next?.Message}");
        }

        Assert.InRange(struck, 10, 25);
    }

    private static async Task AssertNotTwoAsync(MoveScenario scenario, string where)
    {
        var both = (await scenario.Deployment.FindHealthAsync(scenario.Patience), await scenario.Arrived.FindHealthAsync(scenario.Patience));
        Assert.True(both is not ("healthy", "healthy"), $"two services after {where}");
    }

    private static async Task AssertOneAsync(MoveScenario scenario, int at, string where)
    {
        var isNew = await scenario.Arrived.FindHealthAsync(scenario.Patience) == "healthy";
        var isOld = await scenario.Deployment.FindHealthAsync(scenario.Patience) == "healthy";
        Assert.True(isNew != isOld, $"{(isNew ? "two services" : "no service")}, {where}");
        var serving = isNew ? scenario.Arrived : scenario.Deployment;
        Assert.Equal($"{at}", await (await serving.RedisAsync(scenario.Patience)).RunAsync(["GET", "mark"], scenario.Patience));
        Assert.Equal(HttpStatusCode.OK, await serving.AskAsync(serving.ApiKeys[0], scenario.Patience));
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
