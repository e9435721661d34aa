using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>A host behind any transport that runs command lines: greeting, keeper, limits and errors are the same for all of them.</summary>
internal sealed class ShellHost : IHost
{
    /// <summary>sshd allows ten sessions a connection (MaxSessions); the keeper has one, and one is left to spare.</summary>
    private const int MaxCommands = 8;

    private readonly IShellTransport _transport;
    private readonly ShellCommandContext _context;
    private readonly SemaphoreSlim _slots = new(MaxCommands, MaxCommands);
    private readonly KeepAlive? _keepAlive;
    private readonly StandingContainers _containers;
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sessions;

    private ShellHost(IShellTransport transport, ShellCommandContext context, HostTimeouts timeouts, int keeper)
    {
        _transport = transport;
        _context = context;
        _containers = new StandingContainers(StartPlainAsync, keeper);
        if (!transport.NoticesSilence)
            _keepAlive = new KeepAlive(context.Keeper, timeouts.KeepAlive, timeouts.KeepAlive * timeouts.KeepAliveMisses, context.Time, transport.Break);
    }

    public string Name => _transport.Name;

    internal Keeper Keeper => _context.Keeper;

    /// <summary>Connects. The transport belongs to the host from here on, and is disposed when this fails.</summary>
    public static async Task<ShellHost> OpenAsync(
        IShellTransport transport, HostTimeouts timeouts, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var token = ShellLine.NewToken();
            var channel = await transport.ConnectAsync(ShellLine.Encode(Keeper.Script(token, timeouts.StopGrace)), cancellationToken).ConfigureAwait(false);
            var greeting = new CommandOutput(channel, transport.Lost).ReadGreetingAsync(token, cancellationToken);
            if (await greeting.WaitAsync(transport.ConnectLimit, time, cancellationToken).ConfigureAwait(false) is not { } process)
                throw await NoShellAsync(transport, channel, cancellationToken).ConfigureAwait(false);
            var keeper = new Keeper(channel);
            transport.Attach(keeper);
            return new ShellHost(transport, new ShellCommandContext(keeper, timeouts.StopGrace, time, transport.Lost), timeouts, process);
        }
        catch (TimeoutException e)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw new RelayOpsException($"cannot connect to {transport.Name}", $"no answer within {transport.ConnectLimit.TotalSeconds:0} s",
                "check that the server is up and its login scripts end", ExitStatus.NoConnection, e)
            { IsTransient = true };
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken) =>
        await _containers.TryEnterAsync(command, cancellationToken).ConfigureAwait(false) ?? await StartPlainAsync(command, cancellationToken).ConfigureAwait(false);

    public async Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        await ShellStreams.FinishAsync(await StartAsync(command, cancellationToken).ConfigureAwait(false), command, input, cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _containers.DisposeAsync().ConfigureAwait(false);
        if (_keepAlive is not null)
            await _keepAlive.DisposeAsync().ConfigureAwait(false);
        await _context.Keeper.DisposeAsync().ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<ShellCommand> StartPlainAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var token = ShellLine.NewToken();
        var line = ShellLine.For(command, token);
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var ended = _ended.Task;
                if (await TryCountedAsync(line, token, command.Program == "sudo", cancellationToken).ConfigureAwait(false) is { } started)
                    return started;
                await RoomAsync(ended, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            _slots.Release();
            TellEnded();
            throw;
        }
    }

    private async Task<ShellCommand?> TryCountedAsync(string line, string token, bool asRoot, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sessions);
        ShellCommand? started = null;
        try
        {
            started = await TryStartAsync(line, token, asRoot, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (started is null)
                Interlocked.Decrement(ref _sessions);
        }

        _ = started?.Ended.ContinueWith(_ => Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return started;

        void Release()
        {
            Interlocked.Decrement(ref _sessions);
            _slots.Release();
            TellEnded();
        }
    }

    private void TellEnded() =>
        Interlocked.Exchange(ref _ended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Some servers allow fewer sessions than usual: one has to end before the next may begin.</summary>
    private async Task RoomAsync(Task ended, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _sessions) == 0 && !ended.IsCompleted)
        {
            throw new RelayOpsException($"cannot run a command on {Name}", "the server allows no second session on a connection",
                "set MaxSessions in its sshd_config to 10, the usual value", ExitStatus.NoConnection);
        }

        await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Null when the server allows no further session now.</returns>
    private async Task<ShellCommand?> TryStartAsync(string line, string token, bool asRoot, CancellationToken cancellationToken)
    {
        var channel = await _transport.OpenAsync(line, cancellationToken).ConfigureAwait(false);
        try
        {
            var output = new CommandOutput(channel, _transport.Lost);
            if (await output.ReadGreetingAsync(token, cancellationToken).ConfigureAwait(false) is not { } group)
            {
                if ((await channel.Completion.WaitAsync(cancellationToken).ConfigureAwait(false)).Outcome == ChannelOutcome.Refused)
                {
                    await channel.DisposeAsync().ConfigureAwait(false);
                    return null;
                }

                throw await NoShellAsync(_transport, channel, cancellationToken).ConfigureAwait(false);
            }

            channel.Attach(group);
            await _context.Keeper.AddAsync(group, asRoot).ConfigureAwait(false);
            await ShellStreams.SendAsync(channel.Input, ShellLine.Go, cancellationToken).ConfigureAwait(false);
            return new ShellCommand(channel, output, group, _context);
        }
        catch
        {
            channel.Abort();
            await channel.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<RelayOpsException> NoShellAsync(
        IShellTransport transport, IShellChannel channel, CancellationToken cancellationToken)
    {
        var exit = await channel.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (exit.Outcome == ChannelOutcome.Lost)
            return transport.Lost();
        await Task.WhenAny(channel.Error.Ended, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken)).ConfigureAwait(false);
        var said = channel.Error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return new RelayOpsException($"cannot run commands on {transport.Name}",
            said is null ? "its login shell ran none" : $"its login shell said: {said}",
            "check by hand that this user may run a command: ssh host true", ExitStatus.NoConnection);
    }
}
