using System.Collections.Immutable;

namespace RelayOps.Core.Reporting;

public sealed record ReportFigure(string Name, string Value);

/// <summary>The figures of a report for people, in order: the closing table and the job summary show the same.</summary>
public static class ReportFigures
{
    private const int MostPhases = 4;

    public static ImmutableArray<ReportFigure> Of(OperationReport report) =>
        [.. Pairs(report).Where(pair => pair.Value is not null).Select(pair => new ReportFigure(pair.Name, pair.Value!))];

    private static IEnumerable<(string Name, string? Value)> Pairs(OperationReport report)
    {
        if (report.Backup is { } backup)
        {
            foreach (var pair in OfBackup(backup))
                yield return pair;
        }

        foreach (var step in report.Rehearsal?.Steps ?? [])
            yield return ($"Rehearsed: {step.Name}", Seconds(step.Seconds));
        if (report.Restore is { } restore)
        {
            yield return ("Restored", restore.Restored);
            yield return ("Keys now", restore.Keys is { } keys ? Figures.Count(keys) + Before(restore.KeysBefore is { } former ? Figures.Count(former) : null) : null);
            yield return ("Safety copy", restore.SafetyCopies.IsDefaultOrEmpty ? null : $"{string.Join(", ", restore.SafetyCopies)} ({Figures.Bytes(restore.SafetyCopyBytes)})");
        }

        yield return ("Downtime", report.DowntimeSeconds is { } downtime ? Seconds(downtime) : null);
        yield return ("Rolled back", report.RolledBack is { } back ? YesNo(back) : null);
        yield return ("RTO", report.RtoSeconds is { } rto ? Seconds(rto) : null);
        yield return ("Drill certificate", report.Certificate);
        yield return ("Newer images", report.Update is not { } update ? null
            : update.Available ? string.Join(", ", update.Images.Select(image => image.Name).Distinct()) : "none");
        yield return ("Kept", report.Retention is { } kept ? Figures.Count(kept.Kept.Length) : null);
        yield return ("Removed", Removed(report));
        yield return ("Next to go", report.Retention?.NextToGo);
        yield return ("Next expiry", report.Retention?.NextExpiry is { } expiry ? $"{expiry.BackupId} in store {expiry.Store}, {expiry.At.UtcDateTime:yyyy-MM-dd}" : null);
        yield return ("Deployment", report.Usage is { } usage ? Figures.Bytes(usage.DeploymentBytes) : null);
        yield return ("Disk free", report.Usage is { } disk ? $"{Figures.Bytes(disk.DiskFreeBytes)} of {Figures.Bytes(disk.DiskTotalBytes)}" : null);
        yield return ("Growth", report.Usage?.Growth);
        yield return ("Warnings", report.Warnings.Length > 0 ? Figures.Count(report.Warnings.Length) : null);
        yield return ("Time", Seconds(report.Seconds));
        yield return ("Longest phases", LongestPhases(report.Phases));
    }

    private static IEnumerable<(string Name, string? Value)> OfBackup(ReportedBackup backup)
    {
        yield return ("Backup", backup.BackupId);
        yield return ("Archive", backup.Archive);
        yield return ("Size", Figures.Bytes(backup.SizeBytes) + Before(backup.SizeBytesBefore is { } size ? Figures.Bytes(size) : null));
        yield return ("Contents", backup.ContentBytes is { } content ? Figures.Bytes(content) : null);
        yield return ("Transferred", backup.WireBytes is { } wire ? Figures.Bytes(wire) : null);
        yield return ("Keys", backup.Keys is { } keys ? Figures.Count(keys) + Before(backup.KeysBefore is { } former ? Figures.Count(former) : null) : null);
        yield return ("Account secrets", backup.DecryptedSecrets is { Count: > 0 } secrets
            ? string.Join(", ", secrets.Select(pair => $"{Figures.Count(pair.Value)} {pair.Key}")) : null);
        yield return ("Encrypted", YesNo(backup.Encrypted));
        yield return ("Verified", backup.Verified);
        yield return ("Signed by", backup.SignedBy);
        yield return ("Stores", backup.Stores.IsDefaultOrEmpty ? null
            : string.Join(", ", [.. backup.Stores, .. backup.LeftToWorkflow.Select(store => $"{store} (by the workflow's next step)")]));
        yield return ("SHA-256", backup.Sha256);
    }

    private static string? Removed(OperationReport report) => report.Retention is not { } retention ? null
        : Figures.Count(retention.Removed.Length) + (report.DryRun && retention.Removed.Length > 0 ? " would be" : "");

    /// <summary>In the order in which they were; a run of a moment has none worth a word.</summary>
    private static string? LongestPhases(ImmutableArray<ReportedPhase> phases)
    {
        var longest = phases.Where(phase => phase.Seconds >= 0.5).OrderByDescending(phase => phase.Seconds).Take(MostPhases).ToHashSet();
        return longest.Count == 0 ? null : string.Join(", ", phases.Where(longest.Contains).Select(phase => $"{phase.Name} {Seconds(phase.Seconds)}"));
    }

    private static string Before(string? former) => former is null ? "" : $" (before: {former})";

    private static string Seconds(double seconds) => Figures.Duration(TimeSpan.FromSeconds(seconds));

    private static string YesNo(bool value) => value ? "yes" : "no";
}
