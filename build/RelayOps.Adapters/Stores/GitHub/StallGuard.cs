namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Cancels what nothing moves in any more: a transfer of hours is fine as long as bytes flow.</summary>
internal sealed class StallGuard : IDisposable
{
    private readonly TimeSpan timeout;
    private readonly CancellationTokenSource stalled;
    private readonly CancellationTokenSource either;
    private readonly CancellationToken callers;

    public StallGuard(GitHubConnection connection, CancellationToken cancellationToken)
    {
        timeout = connection.StallTimeout;
        callers = cancellationToken;
        stalled = new CancellationTokenSource(timeout, connection.Time);
        either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancellationToken);
    }

    public CancellationToken Token => either.Token;

    /// <summary>Something moved.</summary>
    public void Touch() => stalled.CancelAfter(timeout);

    /// <summary>Whether a cancellation is this guard's, not the caller's.</summary>
    public bool HasStalled => stalled.IsCancellationRequested && !callers.IsCancellationRequested;

    public void Dispose()
    {
        either.Dispose();
        stalled.Dispose();
    }
}
