using System.Text;
using RelayOps.Adapters.Reporting;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Tests.Reporting;

public sealed class JobSummaryTests
{
    [Fact]
    public void Of_has_the_verdict_then_a_table_then_details_folded() =>
        Assert.Equal("""
            ## ✅ Backup: relay.example.org is backed up and verified

            | Backup | 20250805\_142530 |
            | :--- | :--- |
            | Archive | /backups/claude-relay-backup-20250805\_142530.tar.gz |
            | Size | 1.20 MB (before: 1.10 MB) |
            | Contents | 30.0 MB |
            | Transferred | 1.40 MB |
            | Keys | 1,300 (before: 1,290) |
            | Account secrets | 2 claude accounts |
            | Encrypted | no |
            | Verified | deep |
            | Stores | local, artifact (by the workflow's next step) |
            | SHA-256 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa |
            | Kept | 1 |
            | Removed | 1 |
            | Next to go | 20250805\_142530 |
            | Next expiry | 20250729\_142530 in store artifact, 2025-08-28 |
            | Warnings | 1 |
            | Time | 12 s |
            | Longest phases | snapshot of redis 1.5 s, pack 8.3 s |

            ```mermaid
            %%{init: {"xyChart": {"width": 860, "height": 300}, "themeVariables": {"xyChart": {"plotColorPalette": "#2da44e"}}}}%%
            xychart-beta
                title "Size of the last 2 backups"
                x-axis "2025-07-29 to 2025-08-05" ["07-29", "08-05"]
                y-axis "MB" 0 --> 1.32
                bar [1.1, 1.2]
            ```

            <details><summary>Warnings (1)</summary>

            - a log file shrank while it was read: logs/a\|b.log

            </details>

            <details><summary>Phases (2)</summary>

            | phase | time | bytes |
            | :--- | :--- | :--- |
            | snapshot of redis | 1.5~s |  |
            | pack | 8.3~s | 30.0~MB |

            </details>

            <details><summary>Retention (2)</summary>

            | backup | store |  | why |
            | :--- | :--- | :--- | :--- |
            | 20250805\_142530 | local | kept | newest 1 of 1 |
            | 20250729\_142530 | local | removed | 1 newer verified backup |

            </details>


            """.Replace('~', '\u00A0'), JobSummary.Of(Reports.Backup));

    [Fact]
    public void Of_says_what_failed_why_and_what_to_do() =>
        Assert.StartsWith("""
            ## ❌ Backup: relay.example.org could not be reached

            **What:** cannot connect to relay.example.org:22

            **Why:** connection refused | : :error::50% done

            **Next:** check the address

            """.Replace("refused |", @"refused \|", StringComparison.Ordinal), JobSummary.Of(Reports.Failure), StringComparison.Ordinal);

    [Fact]
    public void Of_a_failure_says_once_what_the_verdict_says()
    {
        var text = JobSummary.Of(Reports.Failure with { Verdict = $"Backup failed: {Reports.Failure.Error!.What}" });

        Assert.StartsWith("## ❌ Backup failed: cannot connect to relay.example.org:22\n\n**Why:** connection refused", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Backup done", "## ✅ Backup (dry run) done")]
    [InlineData("backup 1 is good", "## ✅ Backup (dry run) 1 is good")]
    [InlineData("nothing to do", "## ✅ Backup (dry run): nothing to do")]
    public void Of_a_dry_run_says_that_nothing_was_changed(string verdict, string heading) =>
        Assert.StartsWith($"{heading}\n\nNothing was changed", JobSummary.Of(Reports.Backup with { DryRun = true, Verdict = verdict }), StringComparison.Ordinal);

    [Theory]
    [InlineData(12, 12)]
    [InlineData(13, 7)]
    [InlineData(30, 10)]
    public void Of_labels_so_many_backups_that_the_days_can_be_read_and_no_two_alike(int backups, int labelled)
    {
        var first = new DateTimeOffset(2025, 8, 5, 14, 25, 30, TimeSpan.Zero);
        var text = JobSummary.Of(Reports.Backup with
        {
            History = [.. Enumerable.Range(0, backups).Select(day => new ReportedBackupSize($"{first.AddDays(day):yyyyMMdd_HHmmss}", 1_000_000, 1))],
        });

        var labels = text.Split('\n').Single(line => line.Contains("x-axis", StringComparison.Ordinal)).Split('[')[1].TrimEnd(']').Split(", ");
        Assert.Equal(backups, labels.Distinct().Count());
        Assert.Equal(labelled, labels.Count(label => label.Trim('"', '\u200B').Length > 0));
    }

    [Fact]
    public void Of_a_restore_has_the_counts_before_and_after_and_says_how_to_go_back()
    {
        var text = JobSummary.Of(Reports.Backup with
        {
            Restore = new ReportedRestore("20250805_142530", 1300, 1290, ["redis_data.bak.20250806_000000"], 30_000_000),
            DowntimeSeconds = 2.5,
        });

        Assert.Contains("`./build.sh Rollback` brings them back", text, StringComparison.Ordinal);
        Assert.Contains("| Keys now | 1,300 (before: 1,290) |", text, StringComparison.Ordinal);
        Assert.Contains(@"| Safety copy | redis\_data.bak.20250806\_000000 (30.0 MB) |", text, StringComparison.Ordinal);
        Assert.Contains("| Downtime | 2.5 s |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_failure_folds_the_last_lines() => Assert.Contains(
        "<details><summary>Last lines (1)</summary>\n\n<pre>\nlooking at &lt;x&gt; &amp; &#64;y\n</pre>\n\n</details>",
        JobSummary.Of(Reports.Failure with { Log = ["looking at <x> & @y"] }), StringComparison.Ordinal);

    [Fact]
    public void Of_leaves_no_markup_to_what_servers_print()
    {
        var text = JobSummary.Of(Reports.Backup with { Verdict = "<img src=x> [a](http://b) @user #1 **x** `y` ![z](w)" });

        Assert.StartsWith(@"## ✅ Backup: &lt;img src=x&gt; \[a\](http://b) &#64;user \#1 \*\*x\*\* \`y\` \!\[z\](w)" + "\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_cuts_a_long_list_and_says_how_much_is_missing()
    {
        var text = JobSummary.Of(Reports.Backup with { Warnings = [.. Enumerable.Range(0, 5_000).Select(number => $"warning {number}")] });

        Assert.Contains("- warning 99\n\n… and 4900 more, all in the report.\n\n</details>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("- warning 100", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_stays_below_what_GitHub_shows_whatever_the_report_holds()
    {
        // The character whose escaped form is the longest.
        var text = new string('@', 10_000);
        var report = Reports.Backup with
        {
            Log = [.. Enumerable.Range(0, 5_000).Select(_ => text)],
            Warnings = [.. Enumerable.Range(0, 5_000).Select(_ => text)],
            Phases = [.. Enumerable.Range(0, 5_000).Select(number => new ReportedPhase(text, number, 1))],
            Retention = new ReportedRetention([], [])
            { Decisions = [.. Enumerable.Range(0, 5_000).Select(_ => new ReportedDecision("20250805_142530", "local", true, text))] },
        };

        var summary = JobSummary.Of(report);

        Assert.InRange(Encoding.UTF8.GetByteCount(summary), 1, JobSummary.MaximumBytes);
        Assert.EndsWith("… cut: the report has the rest.\n", summary, StringComparison.Ordinal);
    }
}
