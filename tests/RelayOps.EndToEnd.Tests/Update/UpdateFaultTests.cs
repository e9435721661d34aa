using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>Something happens at every command by which an update changes the server, one after the other.</summary>
[Collection(OneServer.Name)]
public sealed class UpdateFaultTests(Server server, RegistryFixture fixture) : IClassFixture<RegistryFixture>
{
    [Theory, InlineData("Error"), InlineData("VanishAfter")]
    public async Task Update_leaves_one_complete_service_with_all_data_wherever_it_breaks_off(string kind)
    {
        var fault = Enum.Parse<Fault>(kind);
        await using var versions = await Versions.BeginAsync(server, fixture.Registry, fault == Fault.Error ? ServerUsers.Sudo : ServerUsers.Docker);
        var scenario = versions.Scenario;
        var (former, struck) = (await versions.RunningAsync(), 0);
        await versions.PublishAsync();
        for (var at = 1; ; at++)
        {
            await scenario.RedisAsync("SET", "mark", $"{at}");
            await scenario.AsRootAsync($"echo {at} >\"$1/data/mark\"");
            var faulty = new FaultyHost(scenario.Host, at, fault);
            var failure = await Record.ExceptionAsync(() => versions.UpdateAsync(through: faulty));
            if (!faulty.HasStruck)
                break;
            struck++;
            await scenario.ExpireLockAsync();
            await versions.RecoverAsync();

            await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(90), scenario.Patience);
            var where = $"{fault} at change {at}: {failure?.Message}";
            var (running, means) = (await versions.RunningAsync(), await versions.MeansAsync(versions.Service));
            Assert.True(running == means, $"{where}: {running} runs, and {means} would be started");
            Assert.True(await scenario.RedisAsync("GET", "mark") == $"{at}" && (await scenario.AsRootAsync("cat \"$1/data/mark\"")).Trim() == $"{at}", $"{where}: data are lost");
            var left = await scenario.LeftoversAsync();
            Assert.True(!left.Any(name => name.Contains("staging") || name.Contains("journal") || name.Contains("stray")), $"{where}: {string.Join(' ', left)}");
            if (running == former)
                continue;
            former = running;
            await versions.PublishAsync();
        }

        Assert.InRange(struck, 14, 22);
    }

    [Fact]
    public async Task Watchdog_brings_the_former_image_and_data_back_when_the_operator_has_vanished()
    {
        await using var versions = await Versions.BeginAsync(server, fixture.Registry, ServerUsers.Docker);
        var scenario = versions.Scenario;
        await scenario.RedisAsync("SET", "written:after", "the backup");
        var (digest, former) = (await versions.DigestAsync(), await versions.RunningAsync());
        await versions.PublishMigratingAsync();
        // Lock, pull, journal, preparation, watchdog, two stops, copy, exchange, names, redis: the app is the twelfth change.
        var faulty = new FaultyHost(scenario.Host, at: 12, Fault.VanishAfter);

        var lost = await Assert.ThrowsAsync<RelayOpsException>(() => versions.UpdateAsync(versions.Request with { HealthTimeout = TimeSpan.FromSeconds(5) }, faulty));
        Assert.Equal(ExitStatus.NoConnection, lost.Status);
        Assert.Contains("\"phase\":\"Switched\"", await scenario.AsRootAsync("cat \"$1/.relayops/journal.json\""));
        await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(90), scenario.Patience);

        Assert.Equal((former, former), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));
        Assert.Equal(digest, await versions.DigestAsync());
    }
}
