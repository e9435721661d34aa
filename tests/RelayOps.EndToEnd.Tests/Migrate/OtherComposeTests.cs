using System.Net;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Packages;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>From a server with compose 1 to one that has compose 2, where the distribution has it.</summary>
[Collection(Beside.Name)]
public sealed class OtherComposeTests(Server server)
{
    [Fact]
    public async Task Migrate_arrives_where_compose_is_of_another_version()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var newer = await NewerPackage.FindAsync("docker-compose", "usr/libexec/docker/cli-plugins/docker-compose", ["version"], "Docker Compose version", patience.Token);
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Docker, "relay-docker");
        var plugin = $"{Bed.Second.User("relay-docker").Home}/.docker/cli-plugins/docker-compose";
        if (newer is not null)
            await Shell.RunAsRootAsync("sh", ["-c", "mv \"$1\" \"$1.older\" && ln -s \"$2\" \"$1\"", "sh", plugin, newer], patience.Token);
        try
        {
            await scenario.MoveAsync();

            Assert.Equal(HttpStatusCode.OK, await scenario.Arrived.AskAsync(scenario.Deployment.ApiKeys[0], scenario.Patience));
            Assert.Equal("healthy", await scenario.Arrived.FindHealthAsync(scenario.Patience));
            Assert.StartsWith(newer is null ? "1." : "2.", await Bed.Second.RunAsync(
                ["inspect", "-f", "{{index .Config.Labels \"com.docker.compose.version\"}}", await scenario.Arrived.ContainerAsync("redis", scenario.Patience)], scenario.Patience));
        }
        finally
        {
            if (newer is not null)
                await Shell.RunAsRootAsync("mv", [$"{plugin}.older", plugin], patience.Token);
        }
    }
}
