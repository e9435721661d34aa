using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Decorators;

/// <summary>Runs what only reads. What changes something is told instead, in order, and answered as done with nothing to say.</summary>
/// <param name="inner">Belongs to this host from here on.</param>
/// <param name="say">Gets one line for each command, as it would have been sent.</param>
public sealed class DryRunHost(IHost inner, Action<string> say) : IHost
{
    private static readonly CommandExit Done = new(0, null, "");

    public string Name => inner.Name;

    public Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken)
    {
        if (command.Effect == CommandEffect.Reads)
            return inner.StartAsync(command, cancellationToken);
        say(command.ToString());
        return Task.FromResult<IRunningCommand>(new ToldCommand());
    }

    public Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (command.Effect == CommandEffect.Reads)
            return inner.RunAsync(command, input, cancellationToken);
        say(command.ToString());
        return Task.FromResult(new CommandResult(Done, ""));
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class ToldCommand : IRunningCommand
    {
        public Stream Input => Stream.Null;

        public Stream Output => Stream.Null;

        public Task<CommandExit> WaitAsync(CancellationToken cancellationToken) => Task.FromResult(Done);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
