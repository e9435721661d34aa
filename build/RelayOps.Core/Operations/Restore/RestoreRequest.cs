using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What becomes of <c>.env</c> and the compose files: <c>--env</c>.</summary>
public enum EnvironmentPolicy
{
    /// <summary>The server's are kept where they are there and fit the backup; what is missing is restored.</summary>
    Auto,

    /// <summary>The server's are kept, and nothing is added.</summary>
    Keep,

    /// <summary>The backup's take their place.</summary>
    Restore,
}

/// <summary>What the operator asked for.</summary>
public sealed record RestoreRequest
{
    public required string DeploymentPath { get; init; }

    public required DeploymentParts Parts { get; init; }

    public EnvironmentPolicy Environment { get; init; }

    /// <summary>Administrators' sessions do not come back with the data.</summary>
    public bool DropSessions { get; init; }

    /// <summary>How many safety copies stay, this restore's included; at least one.</summary>
    public int KeepSafetyCopies { get; init; } = 2;

    /// <summary>Until the service must be healthy; it grows with the dataset. Also how long the watchdog waits for a lost operator.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Asked in addition, from the server, e.g. the public address.</summary>
    public string? HealthUrl { get; init; }

    /// <summary>Takes an append-only file whose tail is torn, as the older scripts' copies often are.</summary>
    public bool AllowTorn { get; init; }

    /// <summary>Restores data whose accounts another ENCRYPTION_KEY has encrypted.</summary>
    public bool AllowKeyMismatch { get; init; }

    /// <summary>A Redis that was stopped before goes on running once its keys are counted: the caller starts the service next.</summary>
    public bool LeavesRedisRunning { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Whoever is asked is shown what comes, goes and changes first; that is read from the running deployment.</summary>
    public bool ShowsDifference { get; init; }

    /// <summary>Who asks: shown to whoever waits for the deployment meanwhile.</summary>
    public required LockOwner Owner { get; init; }

    /// <summary>How long to wait for another operation.</summary>
    public required TimeSpan LockWait { get; init; }

    /// <summary>Gets what will happen, line by line, before anything is changed; false ends the operation.</summary>
    public required Func<IReadOnlyList<string>, CancellationToken, Task<bool>> ConfirmAsync { get; init; }
}

/// <summary>What a restore or a rollback did.</summary>
public sealed record RestoreOutcome
{
    /// <summary>What was put back: a backup's id, or the stamp of a safety copy; null when there was nothing to do.</summary>
    public string? Restored { get; init; }

    /// <summary>Names of what was put aside, relative to the deployment's directory.</summary>
    public IReadOnlyList<string> SafetyCopies { get; init; } = [];

    public long SafetyCopyBytes { get; init; }

    /// <summary>From the stop of the service until it was healthy again; null where it did not run.</summary>
    public TimeSpan? Downtime { get; init; }

    /// <summary>As Redis answered them before the service started; null where Redis was not part of it.</summary>
    public long? Keys { get; init; }

    public long? KeysBefore { get; init; }
}
