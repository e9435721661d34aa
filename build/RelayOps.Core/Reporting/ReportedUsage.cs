using System.Collections.Immutable;

namespace RelayOps.Core.Reporting;

/// <summary>Sizes of everything in a deployment, in bytes.</summary>
/// <param name="DeploymentBytes">Of all that is in its directory.</param>
/// <param name="DiskTotalBytes">Of the file system it is on.</param>
/// <param name="Growth">One sentence of growth and forecast.</param>
/// <param name="Entries">The largest first.</param>
/// <param name="Prefixes">Redis keys by prefix in the newest verified backup, the largest first.</param>
/// <param name="History">The last runs, the oldest first.</param>
public sealed record ReportedUsage(
    long DeploymentBytes, long DiskTotalBytes, long DiskFreeBytes, string Growth, ImmutableArray<ReportedSize> Entries,
    ImmutableArray<ReportedSize> Prefixes, ImmutableArray<ReportedUsagePoint> History);

/// <param name="Bytes">Null where it could not be measured.</param>
public sealed record ReportedSize(string Name, long? Bytes);

public sealed record ReportedUsagePoint(DateTimeOffset At, long DeploymentBytes, long DiskFreeBytes);
