using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What must be true of the new data once they are in place.</summary>
public sealed record Acceptance
{
    /// <summary>Null where Redis is not exchanged, or nobody knows.</summary>
    public DatasetCounts? Expected { get; init; }

    public bool DropSessions { get; init; }

    /// <inheritdoc cref="RestoreRequest.LeavesRedisRunning"/>
    public bool LeavesRedisRunning { get; init; }

    /// <summary>Until the service is healthy, with what its dataset adds.</summary>
    public required TimeSpan HealthTimeout { get; init; }

    /// <summary>How long the watchdog waits for a lost operator.</summary>
    public required TimeSpan WatchdogPatience { get; init; }

    public string? HealthUrl { get; init; }

    /// <summary>The service computes costs over its keys before it answers: 131 s were seen with a dump of 377 MiB.</summary>
    public static TimeSpan Patience(TimeSpan healthTimeout, long datasetBytes) => healthTimeout + TimeSpan.FromSeconds(datasetBytes / (1 << 20) * 0.5);
}
