using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Decorators;

/// <summary>A host that answers what a test tells it to, and remembers what it was asked.</summary>
internal sealed class FlakyHost(Func<HostCommand, CommandResult> answer) : IHost
{
    public List<string> Asked { get; } = [];

    public bool IsDisposed { get; private set; }

    public string Name => "flaky";

    public static RelayOpsException Lost => new("lost", "cut", "again", ExitStatus.NoConnection) { IsTransient = true };

    public static CommandResult Done(string output) => new(new CommandExit(0, null, ""), output);

    public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken)
    {
        Asked.Add(command.ToString());
        return Task.FromResult<IRunningCommand>(new Running(() => answer(command).Exit));
    }

    public async Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Asked.Add(command.ToString());
        return answer(command);
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private sealed class Running(Func<CommandExit> exit) : IRunningCommand
    {
        public Stream Input => Stream.Null;

        public Stream Output => Stream.Null;

        public Task<CommandExit> WaitAsync(CancellationToken cancellationToken) => Task.Run(exit, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
