using RelayOps.Core;
using RelayOps.Core.Hosts;
using RelayOps.EndToEnd.Tests.Restore;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>
/// Something happens at a step of a migration's cut-over, on whichever server it is: both are seen by one tool, and a tool that is gone is gone
/// for both.
/// </summary>
internal sealed class SharedFault(CutOver at, Fault fault)
{
    private readonly Lock _gate = new();
    private int _said;
    private bool _hasBegun;
    private volatile bool _isGone;

    public bool HasStruck { get; private set; }

    /// <summary>What the command says before which nothing happens; null for the very first.</summary>
    public string? Begins { get; init; } = "watch/heartbeat";

    public IHost OnOld(IHost host) => new Host(host, isNew: false, this);

    public IHost OnNew(IHost host) => new Host(host, isNew: true, this);

    private bool Strikes(bool isNew, HostCommand command)
    {
        if (_isGone)
            throw Gone();
        if (command.Effect != CommandEffect.Changes)
            return false;
        lock (_gate)
        {
            var text = command.ToString();
            _hasBegun |= Begins is null || text.Contains(Begins, StringComparison.Ordinal);
            if (!_hasBegun || isNew != at.IsOnNew || !text.Contains(at.Says, StringComparison.Ordinal) || ++_said != at.Nth)
                return false;
            return HasStruck = true;
        }
    }

    private RelayOpsException Vanish()
    {
        _isGone = true;
        return Gone();
    }

    private static RelayOpsException Gone() => new("the connection was lost", "injected", "none", ExitStatus.NoConnection);

    private sealed class Host(IHost inner, bool isNew, SharedFault shared) : IHost
    {
        public string Name => inner.Name;

        public async Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken)
        {
            if (!shared.Strikes(isNew, command))
                return await inner.StartAsync(command, cancellationToken);
            if (shared.IsVanishing)
                throw shared.Vanish(); // A stream that was cut has not done what it was for either.
            return await inner.StartAsync(HostCommand.Changing("sh", "-c", "echo injected >&2; exit 1"), cancellationToken);
        }

        public async Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
        {
            var struck = shared.Strikes(isNew, command);
            if (struck && !shared.IsVanishing)
                return new CommandResult(new CommandExit(1, null, "injected"), "");
            var result = await inner.RunAsync(command, input, cancellationToken);
            return struck ? throw shared.Vanish() : result;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private bool IsVanishing => fault == Fault.VanishAfter;
}
