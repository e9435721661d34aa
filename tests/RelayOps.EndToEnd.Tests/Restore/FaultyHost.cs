using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>What befalls an operation at one of its commands.</summary>
public enum Fault
{
    /// <summary>The command fails without having done anything.</summary>
    Error,

    /// <summary>The tool is gone before the command: nothing more is ever sent.</summary>
    VanishBefore,

    /// <summary>The command is done, but the tool does not live to hear of it.</summary>
    VanishAfter,
}

/// <summary>A host at whose nth changing command something happens: what a server sees when a tool is killed or its network cut.</summary>
internal sealed class FaultyHost(IHost inner, int at, Fault fault) : IHost
{
    private int _changes;
    private volatile bool _gone;

    public string Name => inner.Name;

    public bool HasStruck { get; private set; }

    public async Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var struck = Strikes(command);
        if (struck && fault == Fault.VanishAfter)
            throw Gone(); // A stream that was cut has not done what it was for either.
        if (struck && fault == Fault.Error)
            return await inner.StartAsync(HostCommand.Changing("sh", "-c", "echo injected >&2; exit 1"), cancellationToken);
        return await inner.StartAsync(command, cancellationToken);
    }

    public async Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        var struck = Strikes(command);
        if (struck && fault == Fault.Error)
            return new CommandResult(new CommandExit(1, null, "injected"), "");
        var result = await inner.RunAsync(command, input, cancellationToken);
        if (struck)
        {
            _gone = true;
            throw Gone();
        }

        return result;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool Strikes(HostCommand command)
    {
        if (_gone)
            throw Gone();
        if (command.Effect != CommandEffect.Changes || Interlocked.Increment(ref _changes) != at)
            return false;
        HasStruck = true;
        if (fault == Fault.VanishBefore)
        {
            _gone = true;
            throw Gone();
        }

        return true;
    }

    private static RelayOpsException Gone() => new("the connection was lost", "injected", "none", ExitStatus.NoConnection);
}
