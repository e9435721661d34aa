using Microsoft.Extensions.Time.Testing;
using RelayOps.Core;
using RelayOps.Core.Hosts;
using RelayOps.Core.Streams;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>What befalls an operation at one of its commands.</summary>
public enum Fault
{
    /// <summary>The command fails without having done anything.</summary>
    Error,

    /// <summary>The command does nothing and never returns.</summary>
    Hang,

    /// <summary>
    /// The command is done, but nobody lives to hear of it, and nothing more is ever sent: what a server sees of a tool that was killed, or of a
    /// connection that was cut, here or before the next command.
    /// </summary>
    VanishAfter,

    /// <summary>The server's disk is full while the command runs.</summary>
    DiskFull,
}

/// <summary>A host at whose nth command something happens.</summary>
internal sealed class FaultyHost(IHost inner, int at, Fault fault) : IHost
{
    private readonly FakeTimeProvider _clock = new();
    private int _commands;
    private volatile bool _gone;

    public string Name => inner.Name;

    public bool HasStruck { get; private set; }

    /// <summary>Reading commands count as well; else it is the changing ones alone.</summary>
    public bool CountsReading { get; init; }

    /// <summary>For <see cref="Fault.DiskFull"/>: fills the disk, and frees it again.</summary>
    public Func<bool, Task> FillAsync { get; init; } = _ => throw new InvalidOperationException("no disk to fill was named");

    /// <summary>As the product wires a host: with a bound on what hangs, whose time passes at once when something does.</summary>
    public IHost Bounded => new BoundedHost(this, BoundedHost.Usual, _clock);

    public async Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken)
    {
        if (!Strikes(command))
            return await inner.StartAsync(command, cancellationToken);
        if (fault == Fault.DiskFull)
            await FillAsync(true);
        return new Struck(await inner.StartAsync(Instead(command), cancellationToken), this);
    }

    public async Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (!Strikes(command))
            return await inner.RunAsync(command, input, cancellationToken);
        if (fault == Fault.DiskFull)
            await FillAsync(true);
        return await BefallAsync(inner.RunAsync(Instead(command), fault is Fault.Error or Fault.Hang ? default : input, cancellationToken));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private HostCommand Instead(HostCommand command) => fault switch
    {
        Fault.Error => HostCommand.Changing("sh", "-c", "echo injected >&2; exit 1"),
        Fault.Hang => HostCommand.Changing("sleep", "600"),
        _ => command,
    };

    private async Task<T> BefallAsync<T>(Task<T> happening)
    {
        if (fault == Fault.Hang)
            _clock.Advance(TimeSpan.FromHours(9));
        var result = await happening;
        if (fault == Fault.DiskFull)
            await FillAsync(false);
        if (fault != Fault.VanishAfter)
            return result;
        _gone = true;
        throw Gone();
    }

    private bool Strikes(HostCommand command)
    {
        if (_gone)
            throw Gone();
        if ((command.Effect == CommandEffect.Reads && !CountsReading) || Interlocked.Increment(ref _commands) != at)
            return false;
        HasStruck = true;
        return true;
    }

    private static RelayOpsException Gone() => new("the connection was lost", "injected", "none", ExitStatus.NoConnection);

    private sealed class Struck(IRunningCommand running, FaultyHost host) : IRunningCommand
    {
        public Stream Input => running.Input;

        public Stream Output { get; } = new Reading(running.Output, host);

        public Task<CommandExit> WaitAsync(CancellationToken cancellationToken) => host.BefallAsync(running.WaitAsync(cancellationToken));

        public ValueTask DisposeAsync() => running.DisposeAsync();
    }

    private sealed class Reading(Stream inner, FaultyHost host) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await host.BefallAsync(inner.ReadAsync(buffer, cancellationToken).AsTask());
    }
}
