using System.Collections.Immutable;

namespace RelayOps.Core.Reporting;

/// <summary>What an operation did: the closing table, the job summary, the step outputs and <c>artifacts/report.json</c> are made from it.</summary>
public sealed record OperationReport
{
    public const int CurrentFormat = 1;

    public const int LongestHistory = 30;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>The target, e.g. <c>Backup</c>.</summary>
    public required string Operation { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double Seconds { get; init; }

    public required int ExitStatus { get; init; }

    public bool DryRun { get; init; }

    /// <summary>One sentence: the verdict.</summary>
    public required string Verdict { get; init; }

    public ReportedError? Error { get; init; }

    public ImmutableArray<ReportedPhase> Phases { get; init; } = [];

    public ImmutableArray<string> Warnings { get; init; } = [];

    public ReportedBackup? Backup { get; init; }

    public ReportedRetention? Retention { get; init; }

    /// <summary>What a restore or rollback put back; null where nothing was.</summary>
    public ReportedRestore? Restore { get; init; }

    /// <summary>Sizes of the backups of the same server and parts, this one's last; oldest first, at most <see cref="LongestHistory"/>.</summary>
    public ImmutableArray<ReportedBackupSize> History { get; init; } = [];

    /// <summary>The last lines that were said, of a run that failed.</summary>
    public ImmutableArray<string> Log { get; init; } = [];

    /// <summary>What a rehearsal did; null for every other target.</summary>
    public ReportedRehearsal? Rehearsal { get; init; }

    /// <summary>How long the service was stopped; null where nothing was ever stopped.</summary>
    public double? DowntimeSeconds { get; init; }

    /// <summary>What that time went into, one after the other; empty where nobody measured it.</summary>
    public ImmutableArray<ReportedPhase> DowntimeByPhase { get; init; } = [];

    /// <summary>Where the service is after a migration; null for everything else.</summary>
    public string? MovedTo { get; init; }

    /// <summary>What a migration sent; null for everything else.</summary>
    public ReportedMovedBytes? MovedBytes { get; init; }

    /// <summary>Whether the service runs on its former data again; null where nothing was replaced.</summary>
    public bool? RolledBack { get; init; }

    /// <summary>From opening the archive to a healthy service, in a drill; null where none was started.</summary>
    public double? RtoSeconds { get; init; }

    /// <summary>The full path of a drill's certificate; null without one.</summary>
    public string? Certificate { get; init; }

    /// <summary>Of Doctor alone.</summary>
    public ImmutableArray<ReportedCheck> Checks { get; init; } = [];

    /// <summary>Sizes and growth, of a Usage run; null otherwise.</summary>
    public ReportedUsage? Usage { get; init; }

    /// <summary>Null where nobody asked a registry.</summary>
    public ReportedUpdate? Update { get; init; }
}

/// <param name="Id">Stable, e.g. <c>redis.last-save</c>.</param>
/// <param name="Outcome"><c>ok</c>, <c>not checked</c>, <c>warning</c>, <c>error</c>.</param>
/// <param name="Next">How to mend it; null where there is nothing to mend.</param>
/// <param name="CanFix"><c>--fix</c> does it; <c>server.journal</c> with <c>--confirm yes</c> alone.</param>
public sealed record ReportedCheck(string Id, string Outcome, string Found, string Why, string? Next, bool CanFix);

public sealed record ReportedError(string What, string Why, string Next);

/// <param name="Straight">From server to server, as the wire had them.</param>
/// <param name="ThroughHere">Through this machine.</param>
public sealed record ReportedMovedBytes(long Straight, long ThroughHere);

public sealed record ReportedPhase(string Name, double Seconds, long? Bytes);

/// <summary>The backup an operation made or looked at.</summary>
public sealed record ReportedBackup
{
    public required string BackupId { get; init; }

    public required string Archive { get; init; }

    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }

    public long? ContentBytes { get; init; }

    public long? Keys { get; init; }

    /// <summary>Against the backup before it; null when there is none.</summary>
    public long? KeysBefore { get; init; }

    public long? SizeBytesBefore { get; init; }

    public bool Encrypted { get; init; }

    /// <summary><c>none</c>, <c>sealed</c>, <c>quick</c>, <c>deep</c>, <c>drill</c>.</summary>
    public required string Verified { get; init; }

    /// <summary>Who of the trusted signers signed it; null where no signature was demanded.</summary>
    public string? SignedBy { get; init; }

    public ImmutableArray<string> Stores { get; init; } = [];

    /// <summary>Stores that the workflow's own next step uploads it to.</summary>
    public ImmutableArray<string> LeftToWorkflow { get; init; } = [];

    public long? WireBytes { get; init; }

    /// <summary>Account secrets that decrypt with the backup's own key, by kind; never a value.</summary>
    public ImmutableSortedDictionary<string, long>? DecryptedSecrets { get; init; }
}

/// <param name="With">What ran as Redis, e.g. <c>redis-server 7.0.15</c>; null where files alone were rehearsed.</param>
/// <param name="Steps">In order, as far as they came.</param>
public sealed record ReportedRehearsal(string? With, ImmutableArray<ReportedStep> Steps);

public sealed record ReportedStep(string Name, double Seconds);

/// <param name="Kept">Ids that some store keeps, newest first.</param>
/// <param name="Removed">Ids that some store does not.</param>
public sealed record ReportedRetention(ImmutableArray<string> Kept, ImmutableArray<string> Removed)
{
    /// <summary>Why, store by store.</summary>
    public ImmutableArray<ReportedDecision> Decisions { get; init; } = [];

    /// <summary>The backup that goes when the next one is verified; null where none does.</summary>
    public string? NextToGo { get; init; }

    /// <summary>The earlier backup that a store removes next by itself; null where none does.</summary>
    public ReportedExpiry? NextExpiry { get; init; }
}

public sealed record ReportedExpiry(string BackupId, string Store, DateTimeOffset At);

public sealed record ReportedDecision(string BackupId, string Store, bool Keeps, string Reason);

public sealed record ReportedBackupSize(string BackupId, long SizeBytes, long? Keys);

/// <param name="Restored">A backup's id, or the stamp of a safety copy.</param>
/// <param name="SafetyCopies">What was put aside, relative to the deployment's directory; <c>Rollback</c> brings it back.</param>
public sealed record ReportedRestore(string Restored, long? Keys, long? KeysBefore, ImmutableArray<string> SafetyCopies, long SafetyCopyBytes);

/// <param name="Available">The registry has another image than the one that a service ran.</param>
/// <param name="Images">Of each such service.</param>
public sealed record ReportedUpdate(bool Available, ImmutableArray<UpdatedImage> Images);

/// <param name="Name">As the compose file has it.</param>
/// <param name="Former">The id of the image that ran before.</param>
/// <param name="Newest">The id of the image that the registry has.</param>
public sealed record UpdatedImage(string Service, string Name, string Former, string Newest);
