using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Update;

/// <summary>What the operator asked for.</summary>
public sealed record UpdateRequest
{
    public required string DeploymentPath { get; init; }

    /// <summary>Tells whether something newer is there and leaves it at that.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>Administrators' sessions do not survive the restart.</summary>
    public bool DropSessions { get; init; }

    /// <summary>How many safety copies stay, this update's included; at least one.</summary>
    public int KeepSafetyCopies { get; init; } = 2;

    /// <summary>Until the service must be healthy; it grows with the dataset. Also how long the watchdog waits for a lost operator.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Asked in addition, from the server, e.g. the public address.</summary>
    public string? HealthUrl { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Who asks: shown to whoever waits for the deployment meanwhile.</summary>
    public required LockOwner Owner { get; init; }

    /// <summary>How long to wait for another operation.</summary>
    public required TimeSpan LockWait { get; init; }
}

/// <summary>What an update did, or would do.</summary>
public sealed record UpdateOutcome
{
    /// <summary>Services for which the registry has another image than the one they ran.</summary>
    public ImmutableArray<UpdatedImage> Newer { get; init; } = [];

    /// <summary>They run it now.</summary>
    public bool IsDone { get; init; }

    /// <summary>From the stop of the service until it was healthy again.</summary>
    public TimeSpan? Downtime { get; init; }

    /// <summary>As Redis answered them before the new version started.</summary>
    public long? Keys { get; init; }

    /// <summary>Names of what was put aside, relative to the deployment's directory.</summary>
    public IReadOnlyList<string> SafetyCopies { get; init; } = [];

    public long SafetyCopyBytes { get; init; }
}
