using RelayOps.Core;
using RelayOps.Core.Operations.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>Something happens at every command that changes the server, one after the other, until a restore needs no more of them.</summary>
[Collection(OneServer.Name)]
public sealed class FaultMatrixTests(Server server)
{
    [Theory, InlineData("Error"), InlineData("VanishAfter")]
    public async Task Restore_leaves_the_whole_old_or_the_whole_new_data_wherever_it_breaks_off(string kind)
    {
        var fault = Enum.Parse<Fault>(kind);
        await using var scenario = await Scenario.BeginAsync(server, fault == Fault.Error ? ServerUsers.Sudo : ServerUsers.Docker);
        await MarkAsync(scenario, "new");
        var source = await scenario.BackupAsync();
        var struck = 0;
        for (var at = 1; ; at++)
        {
            await MarkAsync(scenario, "old");
            var faulty = new FaultyHost(scenario.Host, at, fault);
            var failure = await Record.ExceptionAsync(() => scenario.RestoreAsync(source, through: faulty));
            if (!faulty.HasStruck)
                break;
            struck++;
            // A lock that was not released, even by an error, lapses.
            await scenario.ExpireLockAsync();
            // The next run: it looks for what was left behind before it asks, and is told no.
            var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(
                source, scenario.Request with { ConfirmAsync = (_, _) => Task.FromResult(false) }));
            Assert.Equal("nothing was changed", refused.What);
            await AssertWholeAsync(scenario, $"{fault} at change {at}: {failure?.Message}");
        }

        Assert.InRange(struck, 14, 40);
    }

    private static async Task MarkAsync(Scenario scenario, string mark)
    {
        await scenario.RedisAsync("SET", "mark", mark);
        await scenario.AsRootAsync($"cd \"$1\" && echo {mark} > data/mark && echo {mark} > logs/mark");
    }

    private static async Task AssertWholeAsync(Scenario scenario, string where)
    {
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(30), scenario.Patience);
        var marks = new[] { await scenario.RedisAsync("GET", "mark") }
            .Concat((await scenario.AsRootAsync("cd \"$1\" && cat data/mark logs/mark")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(marks.Distinct().Count() == 1, $"{where}: a mixture of {string.Join(", ", marks)}");
        var left = await scenario.LeftoversAsync();
        Assert.True(!left.Any(name => name.Contains("staging") || name.Contains("journal") || name.Contains("stray")), $"{where}: {string.Join(' ', left)}");
    }
}
