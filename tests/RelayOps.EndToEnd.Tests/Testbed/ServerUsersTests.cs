using RelayOps.Adapters.Hosts;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Testbed;

[Collection(OneServer.Name)]
public sealed class ServerUsersTests(Server server) : IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(3));

    private CancellationToken Patience => patience.Token;

    [Fact]
    public async Task Docker_reaches_docker_without_sudo_and_has_docker_compose()
    {
        var survey = await SurveyAsync(ServerUsers.Docker);

        Assert.Equal(new DockerCli(NeedsSudo: false), survey.Docker);
        Assert.False(survey.CanSudo);
        Assert.Equal("docker compose", survey.ComposeProgram);
    }

    [Fact]
    public async Task Sudo_reaches_docker_through_sudo_alone()
    {
        var survey = await SurveyAsync(ServerUsers.Sudo);

        Assert.Equal(new DockerCli(NeedsSudo: true), survey.Docker);
        Assert.True(survey.CanSudo);
        Assert.Equal("docker-compose", survey.ComposeProgram);
    }

    [Fact]
    public async Task Busybox_has_busybox_before_all_else_and_reaches_docker()
    {
        var survey = await SurveyAsync(ServerUsers.Busybox);
        await using var host = await LogInAsync(ServerUsers.Busybox);

        var help = await host.RunAsync(HostCommand.ReadingScript("tar --help 2>&1"), Patience);

        Assert.Contains("BusyBox", help.Output, StringComparison.Ordinal);
        Assert.Equal(new DockerCli(NeedsSudo: false), survey.Docker);
    }

    [Fact]
    public async Task Docker_finds_the_containers_but_may_not_read_redis_files()
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions { Owner = ServerUsers.Docker }, Patience);
        await deployment.UpAsync(Patience);
        await using var host = await LogInAsync(ServerUsers.Docker);

        var listed = await host.RunAsync(HostCommand.Reading("ls", $"{deployment.Path}/redis_data/appendonlydir"), Patience);
        var inspected = await host.RunAsync(new DockerCli(NeedsSudo: false).InspectContainers(), Patience);

        Assert.Contains("Permission denied", listed.Exit.Error, StringComparison.Ordinal);
        var containers = Container.ParseAll(inspected.Output).Where(container => container.BelongsTo(deployment.Path)).ToList();
        Assert.Equal(["claude-relay", "redis"], containers.Select(container => container.Service).Order());
        Assert.True(containers.Single(container => container.Service == "redis").RunsRedis);
    }

    public void Dispose() => patience.Dispose();

    private Task<OpenSshHost> LogInAsync(ServerUser user) =>
        OpenSshHost.OpenAsync(server.Sshd.Connection(user.Name), TimeProvider.System, Patience);

    private async Task<ServerSurvey> SurveyAsync(ServerUser user)
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions { Owner = user, DirectoryName = "surveyed" }, Patience);
        await using var host = await LogInAsync(user);
        var survey = await ServerSurvey.TakeAsync(host, "~/surveyed", Patience);
        Assert.Equal((user.Name, deployment.Path), (survey.User, survey.Path));
        return survey;
    }
}
