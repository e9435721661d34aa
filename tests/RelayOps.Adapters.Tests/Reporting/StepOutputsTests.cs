using RelayOps.Adapters.Reporting;

namespace RelayOps.Adapters.Tests.Reporting;

public sealed class StepOutputsTests
{
    [Fact]
    public void Format_has_every_name_of_the_contract() =>
        Assert.Equal($"""
            backup-id=20250805_142530
            archive=/backups/claude-relay-backup-20250805_142530.tar.gz
            sha256={new string('a', 64)}
            size-bytes=1200000
            encrypted=false
            verified=deep
            downtime-seconds=
            rolled-back=
            artifact=/backups/claude-relay-backup-20250805_142530.tar.gz
            certificate=
            rto-seconds=
            update-available=

            """, StepOutputs.Format(Reports.Backup));

    [Fact]
    public void Format_has_downtime_and_rollback_once_there_was_one()
    {
        var text = StepOutputs.Format(Reports.Failure with { DowntimeSeconds = 1.5, RolledBack = true });

        Assert.Contains("downtime-seconds=1.5\nrolled-back=true\n", text, StringComparison.Ordinal);
        Assert.StartsWith("backup-id=\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_has_nothing_to_upload_where_no_store_of_the_workflow_was_asked() =>
        Assert.Contains("\nartifact=\n", StepOutputs.Format(Reports.Backup with { Backup = Reports.Backup.Backup! with { LeftToWorkflow = [] } }), StringComparison.Ordinal);

    [Fact]
    public void Format_has_the_certificate_and_the_time_of_a_drill() =>
        Assert.EndsWith("\ncertificate=/backups/a.tar.gz.drill.json\nrto-seconds=12.345\nupdate-available=\n",
            StepOutputs.Format(Reports.Backup with { Certificate = "/backups/a.tar.gz.drill.json", RtoSeconds = 12.345 }), StringComparison.Ordinal);

    [Fact]
    public void Format_lets_no_value_begin_another_output()
    {
        var text = StepOutputs.Format(Reports.Backup with { Backup = Reports.Backup.Backup! with { Archive = "a\nEOF\nverified=drill" } });

        var lines = text.Split('\n');
        var start = Array.FindIndex(lines, line => line.StartsWith("archive<<relayops-", StringComparison.Ordinal));
        var delimiter = lines[start]["archive<<".Length..];
        Assert.Equal(["a", "EOF", "verified=drill", delimiter], lines[(start + 1)..(start + 5)]);
        Assert.Equal("sha256", lines[start + 5].Split('=')[0]);
    }
}
