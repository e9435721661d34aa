using RelayOps.Core.Operations.Logs;
using RelayOps.Core.Operations.Usage;
using RelayOps.Core.Reporting;

/// <summary>What the daily targets came to.</summary>
internal sealed partial class Outcome
{
    private string? _verdict;
    private ReportedUsage? _usage;

    public void Used(UsageReport usage)
    {
        _verdict = $"{RelayOps.Core.Reporting.Figures.Bytes(usage.DeploymentBytes)}, {RelayOps.Core.Reporting.Figures.Bytes(usage.Disk.FreeBytes)} free on the disk";
        _usage = new ReportedUsage(usage.DeploymentBytes, usage.Disk.TotalBytes, usage.Disk.FreeBytes, UsageText.Growth(usage),
            [.. usage.Entries.Concat(usage.Docker).Select(entry => new ReportedSize(entry.Name, entry.Bytes))],
            [.. (usage.Redis?.Prefixes ?? []).Select(prefix => new ReportedSize(prefix.Prefix, prefix.Bytes))],
            [.. usage.History.Select(point => new ReportedUsagePoint(point.At, point.DeploymentBytes, point.DiskFreeBytes))]);
        _figures = [new("Deployment", RelayOps.Core.Reporting.Figures.Bytes(usage.DeploymentBytes)), new("Disk free", RelayOps.Core.Reporting.Figures.Bytes(usage.Disk.FreeBytes))];
    }

    public void Cleaned(LogCleanup cleanup, bool dryRun)
    {
        _verdict = $"{(dryRun ? "would free" : "freed")} {RelayOps.Core.Reporting.Figures.Bytes(cleanup.FreedBytes)} of {cleanup.Freed.Length} logs";
        _figures = [new(dryRun ? "Would free" : "Freed", $"{RelayOps.Core.Reporting.Figures.Bytes(cleanup.FreedBytes)} ({cleanup.Freed.Length} logs)")];
    }
}
