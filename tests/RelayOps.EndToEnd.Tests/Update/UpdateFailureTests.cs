using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>Versions that fail, with and without somebody there to take them back, on a server that has busybox alone.</summary>
[Collection(Beside.Name)]
public sealed class UpdateFailureTests(Server server)
{
    [Fact]
    public async Task Former_image_and_data_come_back_by_the_operator_and_without_one_by_the_watchdog()
    {
        await using var versions = await Versions.BeginAsync(server, ServerUsers.Busybox);
        var scenario = versions.Scenario;
        await scenario.RedisAsync("SET", "written:after", "the backup");
        await scenario.AsRootAsync("echo more >\"$1/data/written-after\"");
        var (digest, files, former) = (await versions.DigestAsync(), await scenario.FilesAsync("data"), await versions.RunningAsync());
        var hasty = versions.Request with { HealthTimeout = TimeSpan.FromSeconds(5) };

        await versions.PublishDeafAsync();
        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => versions.UpdateAsync(hasty));
        Assert.Equal(ExitStatus.RolledBack, failed.Status);
        await AssertFormerAsync();
        Assert.Empty(await scenario.LeftoversAsync());

        await versions.PublishMigratingAsync();
        // Long enough for a busy machine to get as far as that.
        var patient = versions.Request with { HealthTimeout = TimeSpan.FromSeconds(20) };
        // Lock, pull, journal, preparation, watchdog, two stops, copy, exchange, names, redis: the app is the twelfth change.
        var lost = await Assert.ThrowsAsync<RelayOpsException>(() => versions.UpdateAsync(patient, new FaultyHost(scenario.Host, at: 12, Fault.VanishAfter)));
        Assert.Equal(ExitStatus.NoConnection, lost.Status);
        Assert.Contains("\"phase\":\"Switched\"", await scenario.AsRootAsync("cat \"$1/.relayops/journal.json\""));
        await scenario.AsRootAsync("cd \"$1/.relayops/watch\" && until [ -e undone ] || [ -e failed ]; do sleep 0.05; done");
        await AssertFormerAsync();

        async Task AssertFormerAsync()
        {
            await scenario.Deployment.WaitUntilHealthyAsync(TimeSpan.FromSeconds(90), scenario.Patience);
            Assert.Equal((former, former), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));
            Assert.Equal(digest, await versions.DigestAsync());
            Assert.Equal(files, await scenario.FilesAsync("data"));
        }
    }
}
