namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>Asks the keeper for a sign of life, for transports that cannot tell a silent network by themselves.</summary>
internal sealed class KeepAlive : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="lost">Called once when nothing came back within <paramref name="limit"/>.</param>
    public KeepAlive(Keeper keeper, TimeSpan interval, TimeSpan limit, TimeProvider time, Action<string> lost) =>
        _running = RunAsync(keeper, interval, limit, time, lost);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(Keeper keeper, TimeSpan interval, TimeSpan limit, TimeProvider time, Action<string> lost)
    {
        var answer = new byte[64];
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                // The question may hang in a full pipe as well, so it counts against the same limit.
                _ = keeper.PingAsync();
                if (await keeper.Channel.Output.ReadAsync(answer, _stop.Token).AsTask().WaitAsync(limit, time, _stop.Token).ConfigureAwait(false) == 0)
                    return;
            }
        }
        catch (TimeoutException)
        {
            lost($"the server did not answer for {limit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Disposed, or the connection is lost and known to be.
        }
    }
}
