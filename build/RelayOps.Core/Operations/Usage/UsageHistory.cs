using System.Collections.Immutable;

namespace RelayOps.Core.Operations.Usage;

/// <summary>One run of <c>Usage</c>, as a line of the history.</summary>
public sealed record UsageMeasurement
{
    /// <summary>See <see cref="Backups.SourceServer"/>.</summary>
    public required string ServerId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Of all that is in the deployment's directory, as far as it could be read.</summary>
    public required long DeploymentBytes { get; init; }

    public required long DiskUsedBytes { get; init; }

    public required long DiskFreeBytes { get; init; }

    /// <summary>By name, e.g. <c>redis_data</c>.</summary>
    public ImmutableSortedDictionary<string, long> Entries { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
}

/// <summary>Earlier measurements, kept on the operator's machine.</summary>
public interface IUsageHistory
{
    /// <summary>For people.</summary>
    string Location { get; }

    /// <summary>Of one server, the oldest first; lines that cannot be read are passed over.</summary>
    Task<ImmutableArray<UsageMeasurement>> ReadAsync(string serverId, CancellationToken cancellationToken);

    /// <summary>Adds one, whole or not at all; the oldest lines go when there are too many.</summary>
    /// <exception cref="RelayOpsException">It cannot be written.</exception>
    Task AppendAsync(UsageMeasurement measurement, CancellationToken cancellationToken);
}
