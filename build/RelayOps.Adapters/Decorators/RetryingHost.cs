using Polly;
using Polly.Retry;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Decorators;

/// <summary>How often and how long a lost connection is tried again.</summary>
public sealed record RetrySettings
{
    /// <summary>Tries after the first one.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>Before the first retry; doubles each time, with jitter.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between 0 and 1, for the jitter.</summary>
    public Func<double>? Random { get; init; }
}

/// <summary>
/// Tries again what may be tried again: connecting, and reading commands that run to their end. A command that changes something, or
/// one whose output was handed out in part, is never repeated; after a loss the next command gets a new connection.
/// </summary>
public sealed class RetryingHost : IHost
{
    private readonly Func<CancellationToken, Task<IHost>> _open;
    private readonly ResiliencePipeline _pipeline;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private IHost? _host;

    /// <param name="name">What <see cref="Name"/> says, also while there is no connection.</param>
    /// <param name="open">Makes a new connection.</param>
    /// <param name="onRetry">Told before each retry: why, and after how long.</param>
    public RetryingHost(string name, Func<CancellationToken, Task<IHost>> open, RetrySettings settings, TimeProvider time, Action<RelayOpsException, TimeSpan>? onRetry = null)
    {
        Name = name;
        _open = open;
        var options = new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<RelayOpsException>(e => e.IsTransient),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = settings.Delay,
            MaxDelay = settings.MaxDelay,
            MaxRetryAttempts = settings.Retries,
            OnRetry = retry =>
            {
                if (retry.Outcome.Exception is RelayOpsException error)
                    onRetry?.Invoke(error, retry.RetryDelay);
                return default;
            },
        };
        if (settings.Random is { } random)
            options.Randomizer = random;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(options).Build();
    }

    public string Name { get; }

    /// <summary>Connects now, so that a server that cannot be reached is known before anything else is done.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(async token => { await HostAsync(token).ConfigureAwait(false); }, cancellationToken).ConfigureAwait(false);

    public async Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        var host = await HostAsync(cancellationToken).ConfigureAwait(false);
        var running = await WatchAsync(host, () => host.StartAsync(command, cancellationToken)).ConfigureAwait(false);
        return new WatchedCommand(running, wait => WatchAsync(host, wait));
    }

    public async Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (command.Effect == CommandEffect.Reads)
            return await _pipeline.ExecuteAsync(async token => await RunOnceAsync(command, input, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await RunOnceAsync(command, input, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _host, null) is { } host)
            await host.DisposeAsync().ConfigureAwait(false);
        _connecting.Dispose();
    }

    private async Task<CommandResult> RunOnceAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        var host = await HostAsync(cancellationToken).ConfigureAwait(false);
        return await WatchAsync(host, () => host.RunAsync(command, input, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<IHost> HostAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _host ??= await _open(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Lets go of a host whose connection is lost; whoever comes next gets a new one.</summary>
    private async Task<T> WatchAsync<T>(IHost host, Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (RelayOpsException e) when (e is { IsTransient: true, Status: ExitStatus.NoConnection })
        {
            if (Interlocked.CompareExchange(ref _host, null, host) == host)
                await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private sealed class WatchedCommand(IRunningCommand inner, Func<Func<Task<CommandExit>>, Task<CommandExit>> watch) : IRunningCommand
    {
        public Stream Input => inner.Input;

        public Stream Output => inner.Output;

        public Task<CommandExit> WaitAsync(CancellationToken cancellationToken) => watch(() => inner.WaitAsync(cancellationToken));

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
