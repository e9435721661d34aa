using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Migrate;

namespace RelayOps.Core.Tests.Operations.Migrate;

/// <summary>An empty machine, where docker is to be installed.</summary>
public sealed class NewServerCheckTests : IAsyncDisposable
{
    private readonly EmptyMachine machine = new();
    private readonly NotingReporter reporter = new();

    public ValueTask DisposeAsync() => machine.DisposeAsync();

    [Fact]
    public async Task RunAsync_installs_nothing_that_was_not_agreed_to()
    {
        var asked = new List<string>();
        var needs = Needs with { ConfirmAsync = (lines, _) => { asked.AddRange(lines); return Task.FromResult(false); } };

        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => CheckAsync(needs));

        Assert.Equal((ExitStatus.WrongUse, "nothing was changed"), (refused.Status, refused.What));
        Assert.Contains("install docker and compose on empty", Assert.Single(asked), StringComparison.Ordinal);
        Assert.False(machine.HasDocker);
    }

    [Fact]
    public async Task RunAsync_installs_docker_where_it_was_agreed_to()
    {
        var server = await CheckAsync(Needs with { ConfirmAsync = (_, _) => Task.FromResult(true) });

        Assert.True(machine.HasDocker);
        Assert.NotNull(server.Survey.Docker);
    }

    [Fact]
    public async Task RunAsync_asks_nobody_when_dry() =>
        Assert.Null((await CheckAsync(Needs with { DryRun = true, ConfirmAsync = (_, _) => throw new InvalidOperationException("it was asked") })).Survey.Docker);

    private static NewServerNeeds Needs => new() { DeploymentPath = "/home/u/relay", Bytes = 1, Ports = [], InstallDocker = true };

    private Task<NewServer> CheckAsync(NewServerNeeds needs) => new NewServerCheck(machine, reporter, TimeProvider.System).RunAsync(needs, CancellationToken.None);

    private sealed class EmptyMachine : IHost
    {
        public string Name => "empty";

        public bool HasDocker { get; private set; }

        public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var output = "";
            if (command == NewServer.Command(Needs.DeploymentPath))
                output = $"now={now}\nuid=0\ngid=0\npath=/home/u/relay\nat=/home/u\nfree=9999999\nwritable=yes\nhalf=\nsystem=debian\napt=yes\n";
            else if (command == DockerInstallation.Command)
                (HasDocker, output) = (true, "installed=docker.io docker-compose\n");
            else
                output = $"user=root\nnow={now}\nasked=/home/u/relay\n" + (HasDocker ? "tool=docker\ndocker=docker\nversion=20\nprogram=docker-compose\n" : "");
            return Task.FromResult(new CommandResult(new CommandExit(0, null, ""), output));
        }

        public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
