using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>A command that runs in a process group of its own, which the keeper knows.</summary>
internal sealed class ShellCommand : IRunningCommand
{
    /// <summary>A background child may hold standard error open after the command's end.</summary>
    private static readonly TimeSpan ErrorLag = TimeSpan.FromSeconds(1);

    private readonly IShellChannel _channel;
    private readonly CommandOutput _output;
    private readonly ShellCommandContext _context;
    private readonly int _group;

    public ShellCommand(IShellChannel channel, CommandOutput output, int group, ShellCommandContext context)
    {
        _channel = channel;
        _output = output;
        _group = group;
        _context = context;
        Ended = WatchAsync();
    }

    public Stream Input => _channel.Input;

    public Stream Output => _output;

    /// <summary>Never fails. When the command has ended, or its connection.</summary>
    public Task Ended { get; }

    public async Task<CommandExit> WaitAsync(CancellationToken cancellationToken)
    {
        await _output.DiscardAsync(cancellationToken).ConfigureAwait(false);
        var exit = await _channel.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (exit.Outcome == ChannelOutcome.Lost)
            throw _context.Lost();
        await Task.WhenAny(_channel.Error.Ended, Task.Delay(ErrorLag, _context.Time, cancellationToken)).ConfigureAwait(false);
        return new CommandExit(exit.Outcome == ChannelOutcome.Signalled ? null : exit.Status, exit.Signal, _channel.Error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_channel.Completion.IsCompleted)
            await StopAsync().ConfigureAwait(false);
        await _channel.DisposeAsync().ConfigureAwait(false);
        await Ended.ConfigureAwait(false);
    }

    private async Task WatchAsync()
    {
        await _channel.Completion.ConfigureAwait(false);
        await _context.Keeper.RemoveAsync(_group).ConfigureAwait(false);
    }

    /// <summary>
    /// TERM first, CONT after it so that a held group takes it. The output must be drained meanwhile: a command that cannot write its
    /// last words does not end.
    /// </summary>
    private async Task StopAsync()
    {
        var drained = _output.DiscardAsync(CancellationToken.None);
        foreach (var signal in (string[])["TERM", "KILL"])
        {
            // The keeper's own lines keep their order, so these need no answer.
            _ = _context.Keeper.SignalAsync(signal, _group);
            _ = _context.Keeper.SignalAsync("CONT", _group);
            if (await EndsWithinGraceAsync().ConfigureAwait(false))
                break;
        }

        _channel.Abort();
        await Task.WhenAny(drained, Task.Delay(ErrorLag, _context.Time)).ConfigureAwait(false);
    }

    private async Task<bool> EndsWithinGraceAsync()
    {
        try
        {
            await _channel.Completion.WaitAsync(_context.StopGrace, _context.Time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}

/// <summary>What a command needs of its host.</summary>
internal sealed record ShellCommandContext(Keeper Keeper, TimeSpan StopGrace, TimeProvider Time, Func<RelayOpsException> Lost);
