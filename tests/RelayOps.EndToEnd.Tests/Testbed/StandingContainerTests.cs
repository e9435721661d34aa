using RelayOps.Adapters.Hosts;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Testbed;

/// <summary>What needs root where there is no sudo: one container for a connection, and no trace of it behind.</summary>
[Collection(OneServer.Name)]
public sealed class StandingContainerTests(Server server) : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(3));
    private Deployment? deployment;
    private OpenSshHost? host;
    private FileRoute? owner;

    private CancellationToken Patience => patience.Token;

    private string Path => deployment!.Path;

    public async Task InitializeAsync()
    {
        deployment = await Deployment.CreateAsync(new DeploymentOptions { Owner = ServerUsers.Docker, DirectoryName = "standing" }, Patience);
        host = await OpenSshHost.OpenAsync(server.Sshd.Connection(ServerUsers.Docker.Name), TimeProvider.System, Patience);
        var survey = await ServerSurvey.TakeAsync(host, Path, Patience);
        owner = OwnerRoute.Get(survey, (await DockerDaemon.RunAsync(["images", "-q", "--no-trunc", Images.Redis], Patience)).Trim(), host.Name);
    }

    public async Task DisposeAsync()
    {
        await host!.DisposeAsync();
        await deployment!.DisposeAsync();
    }

    public void Dispose() => patience.Dispose();

    [Fact]
    public async Task Commands_of_a_connection_enter_one_container_that_ends_with_it_and_is_no_part_of_the_deployment()
    {
        Assert.Equal("0", await RunAsync("id -u"));
        Assert.Equal("from here", await RunAsync("cat; echo", "from here"u8.ToArray()));
        Assert.Equal(3, (await host!.RunAsync(owner!.Run(HostCommand.ReadingScript("exit 3")), Patience)).Exit.Status);

        Assert.Single(await StandingAsync());
        var inspected = await host!.RunAsync(new DockerCli(NeedsSudo: false).InspectContainers(), Patience);
        Assert.DoesNotContain(Container.ParseAll(inspected.Output), container => container.BelongsTo(Path));
        await host!.DisposeAsync();
        Assert.Empty(await StandingAsync());
    }

    [Fact]
    public async Task A_container_ends_with_a_connection_that_is_cut()
    {
        await using var sshd = await ThrowawaySshd.StartAsync(new SshdOptions { ReadsBashrc = true }, Patience);
        await using var cut = await OpenSshHost.OpenAsync(sshd.Connection(ServerUsers.Docker.Name), TimeProvider.System, Patience);
        await cut.RunAsync(owner!.Run(HostCommand.ReadingScript("true")), Patience);
        Assert.Single(await StandingAsync());

        sshd.CutConnections();

        while ((await StandingAsync()).Length > 0)
            await Task.Delay(100, Patience);
    }

    [Fact]
    public async Task A_command_runs_where_somebody_removed_the_container()
    {
        await RunAsync("true");
        await DockerDaemon.RunAsync(["rm", "-f", Assert.Single(await StandingAsync())], Patience);

        Assert.Equal("once", await RunAsync("cat; echo", "once"u8.ToArray()));
    }

    /// <summary>The container still has the one that is gone: what is written there would be lost.</summary>
    [Fact]
    public async Task A_command_sees_the_directory_that_was_made_anew()
    {
        await RunAsync("true");
        await Shell.RunAsRootAsync("sh", ["-c", """mv "$1" "$1.former" && mkdir "$1" && chown --reference "$1.former" "$1" """, "sh", Path], Patience);

        await using (var running = await host!.StartAsync(owner!.Run(HostCommand.ChangingScript($"cat > '{Path}/written'; echo done")), Patience))
        {
            await running.Input.WriteAsync("here"u8.ToArray(), Patience);
            await running.Input.DisposeAsync();
            using var output = new StreamReader(running.Output);
            Assert.Equal("done\n", await output.ReadToEndAsync(Patience));
        }

        Assert.Equal("here", await File.ReadAllTextAsync($"{Path}/written", Patience));
        Assert.Equal("here", await RunAsync($"cat '{Path}/written'; echo"));
        await Shell.RunAsRootAsync("sh", ["-c", """rm -r "$1" && mv "$1.former" "$1" """, "sh", Path], Patience);
    }

    [Fact]
    public async Task A_command_that_is_stopped_has_stopped_on_the_server()
    {
        await RunAsync("true");
        var running = await host!.StartAsync(owner!.Run(HostCommand.ReadingScript("echo begun; exec sleep 7654")), Patience);
        Assert.Equal('b', running.Output.ReadByte());

        await running.DisposeAsync();

        Assert.Equal("", await Shell.RunAsRootAsync("sh", ["-c", "pgrep -f 'sleep 765[4]' || :"], Patience));
        Assert.Equal("0", await RunAsync("id -u"));
    }

    private async Task<string> RunAsync(string script, byte[]? input = null)
    {
        var result = await host!.RunAsync(owner!.Run(HostCommand.ReadingScript(script)), input, Patience);
        Assert.True(result.Succeeded, result.Exit.Error);
        return result.Output.TrimEnd('\n');
    }

    private async Task<string[]> StandingAsync()
    {
        var listed = await DockerDaemon.RunAsync(["ps", "-aq", "--filter", $"label={ThrowawayContainer.Label}", "--filter", $"volume={Path}"], Patience);
        return listed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
