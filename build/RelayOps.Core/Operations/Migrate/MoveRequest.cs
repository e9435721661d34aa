using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Backup;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What the operator asked for.</summary>
public sealed record MoveRequest
{
    public required string DeploymentPath { get; init; }

    /// <summary>On the new server; <c>~</c> is that user's home.</summary>
    public required string NewPath { get; init; }

    /// <summary>Where the service shall listen on the new server (PORT in <c>.env</c>); null leaves it as it is.</summary>
    public int? NewPort { get; init; }

    /// <summary>What compose shall call the containers there (COMPOSE_PROJECT_NAME in <c>.env</c>); null leaves it as it is.</summary>
    public string? NewProject { get; init; }

    public bool InstallDocker { get; init; }

    /// <summary>Where the old server may find the new one, to send straight to it; null sends everything through this machine.</summary>
    public SshAddress? Direct { get; init; }

    /// <summary>Starts a copy behind a fence before the old service stops.</summary>
    public bool TrialBoots { get; init; } = true;

    /// <summary>Until the service must be healthy; it grows with the dataset. Also how long the watchdog waits for a lost operator.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Asked at the end, from the new server. It may still lead to the old one, so that no answer is told, and no failure.</summary>
    public string? HealthUrl { get; init; }

    public bool DropSessions { get; init; }

    public bool DryRun { get; init; }

    /// <summary>How snapshots are taken, and who asks.</summary>
    public required BackupRequest Snapshot { get; init; }

    public required Wire Wire { get; init; }

    /// <summary>Gets what will happen, line by line, before anything is changed; false ends the operation.</summary>
    public required Func<IReadOnlyList<string>, CancellationToken, Task<bool>> ConfirmAsync { get; init; }

    public LockOwner Owner => Snapshot.Owner;

    public TimeSpan LockWait => Snapshot.LockWait;
}

/// <summary>A part of the time in which clients were not served.</summary>
public sealed record DowntimePhase(string Name, TimeSpan Time);

/// <summary>What a migration did.</summary>
public sealed record MoveOutcome
{
    /// <summary>Where the service is now; null for a dry run.</summary>
    public NewPlace? MovedTo { get; init; }

    /// <summary>In the order in which they followed each other; their sum is what a client sees.</summary>
    public ImmutableArray<DowntimePhase> Downtime { get; init; } = [];

    /// <summary>As the new Redis answered them before the service started.</summary>
    public long? Keys { get; init; }

    /// <summary>Keys without a time to live, whose values were compared one by one; null where Redis runs no scripts.</summary>
    public long? ComparedKeys { get; init; }

    /// <summary>Contents sent while the old service still ran, and while nothing ran.</summary>
    public long BytesBefore { get; init; }

    public long BytesDuring { get; init; }

    /// <summary>Bytes from server to server, and through this machine, as the wire had them, images too.</summary>
    public long BytesStraight { get; init; }

    public long BytesThroughHere { get; init; }
}
