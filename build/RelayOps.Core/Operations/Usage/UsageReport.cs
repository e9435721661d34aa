using System.Collections.Immutable;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Usage;

/// <summary>Sizes of everything in a deployment and their growth.</summary>
public sealed record UsageReport
{
    /// <summary>As the operator named it.</summary>
    public required string Server { get; init; }

    public required string DeploymentPath { get; init; }

    public required DateTimeOffset At { get; init; }

    public required DiskSpace Disk { get; init; }

    /// <summary>In the deployment's directory, the largest first; safety copies are <c>&lt;name&gt;.bak.&lt;time&gt;</c>.</summary>
    public required ImmutableArray<UsedSpace> Entries { get; init; }

    /// <summary>What docker keeps elsewhere for its containers.</summary>
    public required ImmutableArray<UsedSpace> Docker { get; init; }

    /// <summary>Null where no backup could be read.</summary>
    public UsedByKeys? Redis { get; init; }

    /// <summary>Runs so far, this one included.</summary>
    public required int Measurements { get; init; }

    /// <summary>Null with too little history.</summary>
    public double? GrowthPerDay { get; init; }

    /// <summary>Of everything on the disk, which is what fills it.</summary>
    public double? DiskGrowthPerDay { get; init; }

    /// <summary>Null with too little history, and where the disk does not fill within ten years.</summary>
    public DateTimeOffset? DiskFullAt { get; init; }

    /// <summary>The last runs, the oldest first.</summary>
    public required ImmutableArray<UsagePoint> History { get; init; }

    public long DeploymentBytes => Entries.Sum(entry => entry.Bytes ?? 0);

    public long SafetyCopyBytes => Entries.Where(entry => entry.Name.Contains(".bak", StringComparison.Ordinal)).Sum(entry => entry.Bytes ?? 0);

    public bool HasTrend => GrowthPerDay is not null;
}

public sealed record UsagePoint(DateTimeOffset At, long DeploymentBytes, long DiskFreeBytes);

/// <summary>Bytes by key prefix in the newest verified backup's dump, the largest first.</summary>
/// <param name="BackupId">Whose dump was read: no load is put on the server.</param>
public sealed record UsedByKeys(string BackupId, string Store, ImmutableArray<PrefixFigures> Prefixes);
