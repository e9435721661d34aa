using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Reporting;

/// <summary>What a run came to: the closing table and the report are made from it.</summary>
internal sealed partial class Outcome
{
    private ReportedBackup? _backup;
    private ReportedRetention? _retention;
    private RelayOps.Core.Operations.Restore.RestoreOutcome? _restore;
    private ImmutableArray<ReportFigure> _figures = [];
    private ImmutableArray<ReportedBackupSize> _history = [];
    private ReportedExpiry? _expiry;

    public TestTally? Tests { get; private set; }

    /// <summary>One sentence for a run that did not fail.</summary>
    public string Verdict(string operation) => MoveVerdict ?? _examined?.Verdict ?? _verdict ?? UpdateVerdict ?? StatusVerdict ?? OfBackup(operation);

    private string OfBackup(string operation) => _restore is { Restored: { } restored }
        ? $"{restored} is back" + (_restore.Downtime is { } downtime ? $" after {downtime.TotalSeconds:0.0} s without service" : "") : _backup is not { } backup ? $"{operation} done"
        : $"backup {backup.BackupId}: {RelayOps.Core.Reporting.Figures.Bytes(backup.SizeBytes)}"
            + (backup.Keys is { } keys ? $", {RelayOps.Core.Reporting.Figures.Count(keys)} keys" : "") + $", verified: {backup.Verified}";

    /// <summary>Of the target that has just ended; each is told once.</summary>
    public ImmutableArray<ReportFigure> Figures()
    {
        var figures = _figures;
        _figures = [];
        return figures;
    }

    public OperationReport Complete(OperationReport report) => CompleteMove(WithDrill(report) with
    {
        Backup = _backup,
        Retention = _retention is { } retention ? retention with { NextExpiry = _expiry } : null,
        Rehearsal = _rehearsal,
        Restore = _restore is not { Restored: { } restored } ? null
            : new ReportedRestore(restored, _restore.Keys, _restore.KeysBefore, [.. _restore.SafetyCopies], _restore.SafetyCopyBytes),
        History = _history,
        Checks = Checks,
        Warnings = [.. report.Warnings, .. ExaminedWarnings],
        Usage = _usage,
        Update = ReportedUpdate,
        DowntimeSeconds = (_restore?.Downtime ?? _update?.Downtime)?.TotalSeconds,
        RolledBack = report.ExitStatus == (int)RelayOps.Core.ExitStatus.RolledBack ? true : _restore?.Restored is null && _update?.IsDone is not true ? null : false,
    });

    public void Restored(RelayOps.Core.Operations.Restore.RestoreOutcome restore)
    {
        _restore = restore;
        _figures = [new("Restored", restore.Restored ?? "nothing"),
            .. restore.Keys is { } keys ? [new ReportFigure("Keys", RelayOps.Core.Reporting.Figures.Count(keys))] : Array.Empty<ReportFigure>(),
            .. restore.Downtime is { } downtime ? [new ReportFigure("Downtime", $"{downtime.TotalSeconds:0.0} s")] : Array.Empty<ReportFigure>(),
            .. restore.SafetyCopies.Count > 0
                ? [new ReportFigure("Safety copy", $"{string.Join(", ", restore.SafetyCopies)} ({RelayOps.Core.Reporting.Figures.Bytes(restore.SafetyCopyBytes)})")]
                : Array.Empty<ReportFigure>()];
    }

    /// <param name="earlier">Every backup there was, newest first; one that two stores have is there twice.</param>
    /// <param name="leftToWorkflow">Stores that a later step of the workflow fills.</param>
    public void Made(MadeBackup made, IEnumerable<RelayOps.Core.Stores.CataloguedBackup> earlier, IEnumerable<string> leftToWorkflow)
    {
        var record = made.Stored.Record!;
        _expiry = earlier.Where(entry => entry.Backup.ExpiresAt is not null).MinBy(entry => entry.Backup.ExpiresAt) is { } next
            ? new ReportedExpiry(next.Id.ToString(), next.Backup.Store, next.Backup.ExpiresAt!.Value) : null;
        _history = [.. earlier.Select(entry => entry.Backup.Record).OfType<CatalogueRecord>().Where(other => other.Server.Id == record.Server.Id && other.Only == record.Only)
            .DistinctBy(other => other.BackupId).Prepend(record).Take(OperationReport.LongestHistory).Reverse()
            .Select(other => new ReportedBackupSize(other.BackupId, other.SizeBytes, other.Keys))];
        _backup = Describe(made.Stored, record) with
        {
            KeysBefore = made.Previous?.Keys,
            SizeBytesBefore = made.Previous?.SizeBytes,
            WireBytes = made.WireBytes,
            LeftToWorkflow = [.. leftToWorkflow],
        };
        _figures = [new("Archive", _backup.Archive), new("Size", RelayOps.Core.Reporting.Figures.Bytes(record.SizeBytes)),
            .. record.Keys is { } keys ? [new ReportFigure("Keys", RelayOps.Core.Reporting.Figures.Count(keys))] : Array.Empty<ReportFigure>()];
    }

    public void Verified(VerifiedBackup verified, IReporter reporter)
    {
        foreach (var warning in verified.Report.Warnings)
            reporter.Warn(warning);
        var level = verified.Report.Level.ToString().ToLowerInvariant();
        _backup = (_backup ?? Describe(verified.Backup, verified.Backup.Record)) with
        {
            Sha256 = verified.Report.Sha256,
            SizeBytes = verified.Report.SizeBytes,
            Keys = verified.Report.Counts?.Keys,
            Verified = level,
            SignedBy = verified.Report.SignedBy,
            DecryptedSecrets = verified.Report.DecryptedSecrets,
        };
        _figures = [new("Backup", _backup.BackupId), new("Verified", level),
            .. _backup.SignedBy is { } signer ? [new ReportFigure("Signed by", signer)] : Array.Empty<ReportFigure>(),
            .. _backup.Keys is { } keys ? [new ReportFigure("Keys", RelayOps.Core.Reporting.Figures.Count(keys))] : Array.Empty<ReportFigure>(),
            .. Drilled(verified.Report, reporter)];
    }

    public void Published(RelayOps.Core.Operations.PublishResult result)
    {
        _backup = _backup is { } backup ? backup with { Stores = [.. backup.Stores, .. result.Stores] } : null;
        _figures = result.Copies.IsEmpty ? [] : [new("Copied to", string.Join(", ", result.Stores))];
    }

    public void Retained(ReportedRetention retention)
    {
        _retention = retention;
        _figures = [new("Kept", $"{retention.Kept.Length}"), new("Removed", $"{retention.Removed.Length}")];
    }

    public void Tested(TestTally tally)
    {
        Tests = tally;
        _figures = [new("Tests", tally.ToString())];
    }

    private static ReportedBackup Describe(RelayOps.Core.Stores.StoredBackup stored, CatalogueRecord? record) => new()
    {
        BackupId = stored.Id.ToString(),
        Archive = stored.Location,
        Sha256 = record?.Sha256 ?? stored.Sha256 ?? "",
        SizeBytes = stored.SizeBytes,
        ContentBytes = record?.ContentBytes,
        Keys = record?.Keys,
        Encrypted = stored.Encryption is not null,
        Verified = (record?.Verified ?? VerificationLevel.None).ToString().ToLowerInvariant(),
        Stores = [stored.Store],
    };
}
