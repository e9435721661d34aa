namespace RelayOps.Core.Hosts;

/// <summary>How long a host may stay silent before the connection counts as lost.</summary>
public sealed record HostTimeouts
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Between keep-alive messages; after <see cref="KeepAliveMisses"/> unanswered ones the connection is lost.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    public int KeepAliveMisses { get; init; } = 3;

    /// <summary>How long a stopped command may take to end before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);
}
