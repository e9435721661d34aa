using System.Net;
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
        await scenario.RollbackAsync();
        Assert.Equal(HttpStatusCode.OK, await scenario.Deployment.AskAsync(key, scenario.Patience));
        Assert.Equal(await scenario.DigestAsync(scenario.Deployment), digest);
        Assert.Contains(scenario.Said.Warnings, warning => warning.Contains(scenario.NewPath, StringComparison.Ordinal));
        Assert.Equal("", await scenario.AsRootAsync("ls \"$1\" | grep MOVED || :"));
    }
}
