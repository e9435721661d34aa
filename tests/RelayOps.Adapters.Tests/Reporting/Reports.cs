using System.Collections.Immutable;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Tests.Reporting;

/// <summary>Reports to publish.</summary>
internal static class Reports
{
    public static OperationReport Backup { get; } = new()
    {
        Operation = "Backup",
        StartedAt = new DateTimeOffset(2025, 8, 5, 14, 25, 30, TimeSpan.Zero),
        Seconds = 12.345,
        ExitStatus = 0,
        Verdict = "relay.example.org is backed up and verified",
        Phases = [new ReportedPhase("snapshot of redis", 1.5, null), new ReportedPhase("pack", 8.25, 30_000_000)],
        Warnings = ["a log file shrank while it was read: logs/a|b.log"],
        Backup = new ReportedBackup
        {
            BackupId = "20250805_142530",
            Archive = "/backups/claude-relay-backup-20250805_142530.tar.gz",
            Sha256 = new string('a', 64),
            SizeBytes = 1_200_000,
            SizeBytesBefore = 1_100_000,
            ContentBytes = 30_000_000,
            Keys = 1300,
            KeysBefore = 1290,
            Verified = "deep",
            Stores = ["local"],
            LeftToWorkflow = ["artifact"],
            WireBytes = 1_400_000,
            DecryptedSecrets = ImmutableSortedDictionary<string, long>.Empty.Add("claude accounts", 2),
        },
        History = [new ReportedBackupSize("20250729_142530", 1_100_000, 1290), new ReportedBackupSize("20250805_142530", 1_200_000, 1300)],
        Retention = new ReportedRetention(["20250805_142530"], ["20250729_142530"])
        {
            Decisions = [new ReportedDecision("20250805_142530", "local", true, "newest 1 of 1"), new ReportedDecision("20250729_142530", "local", false, "1 newer verified backup")],
            NextToGo = "20250805_142530",
            NextExpiry = new ReportedExpiry("20250729_142530", "artifact", new DateTimeOffset(2025, 8, 28, 14, 30, 0, TimeSpan.Zero)),
        },
    };

    public static OperationReport Failure { get; } = new()
    {
        Operation = "Backup",
        StartedAt = new DateTimeOffset(2025, 8, 5, 14, 25, 30, TimeSpan.Zero),
        Seconds = 0.4,
        ExitStatus = 3,
        Verdict = "relay.example.org could not be reached",
        Error = new ReportedError("cannot connect to relay.example.org:22", "connection refused\n::error::50% done", "check the address"),
    };
}
