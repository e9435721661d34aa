using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>The Markdown of a job's page: the verdict, a table, then details folded.</summary>
/// <remarks>GitHub drops a step's summary above 1 MiB altogether, so lists are cut well before that.</remarks>
public static class JobSummary
{
    public const int MaximumBytes = 512 * 1024;

    private const int LongestCell = 500;
    private const int LongestList = 100;

    public static string Of(OperationReport report)
    {
        var text = new StringBuilder();
        text.Append($"## {(report.ExitStatus == (int)ExitStatus.Done ? "✅" : "❌")} {Cell(report.Operation)}: {Cell(report.Verdict)}\n\n");
        if (report.Error is { } error)
            text.Append($"**{Cell(error.What)}**: {Cell(error.Why)}\n\nNext: {Cell(error.Next)}\n\n");
        if (report.Restore is { SafetyCopies.IsDefaultOrEmpty: false })
            text.Append("The former data are kept on the server: the target Rollback brings them back.\n\n");
        AppendTable(text, ["", ""], ReportFigures.Of(report).Select(figure => new[] { figure.Name, figure.Value }));
        AppendChart(text, report.History);
        Fold(text, "Checks", ["check", "", "found", "how to mend it"],
            [.. report.Checks.Where(check => check.Next is not null).Select(check => new[] { check.Id, check.Outcome, check.Found, check.Next! })]);
        if (report.Usage is { } usage)
            UsageSummary.Append(text, usage, (title, heading, rows) => Fold(text, title, heading, rows));
        Fold(text, "Warnings", [""], [.. report.Warnings.Select(warning => new[] { warning })]);
        Fold(text, "Phases", ["phase", "time", "bytes"], [.. report.Phases.Select(Row)]);
        Fold(text, "Retention", ["backup", "store", "", "why"],
            [.. (report.Retention?.Decisions ?? []).Select(decision => new[] { decision.BackupId, decision.Store, Verb(decision, report.DryRun), decision.Reason })]);
        Fold(text, "Last lines", [""], [.. report.Log.Select(line => new[] { line })]);
        return Bounded(text.ToString());
    }

    /// <summary>GitHub draws it: one bar for each backup, in megabytes.</summary>
    private static void AppendChart(StringBuilder text, ImmutableArray<ReportedBackupSize> history)
    {
        if (history.Length < 2)
            return;
        // Ids are digits and an underscore: nothing in them is markup.
        var days = history.Select(size => $"\"{size.BackupId[4..6]}-{size.BackupId[6..8]} {size.BackupId[9..11]}:{size.BackupId[11..13]}\"");
        var megabytes = history.Select(size => (size.SizeBytes / 1e6).ToString("0.###", CultureInfo.InvariantCulture));
        text.Append($"```mermaid\nxychart-beta\n    title \"Size of the last {history.Length} backups\"\n    x-axis [{string.Join(", ", days)}]\n")
            .Append($"    y-axis \"MB\" 0 --> {(history.Max(size => size.SizeBytes) / 1e6 * 1.1).ToString("0.###", CultureInfo.InvariantCulture)}\n")
            .Append($"    bar [{string.Join(", ", megabytes)}]\n```\n\n");
    }

    private static string[] Row(ReportedPhase phase) =>
        [phase.Name, Figures.Duration(TimeSpan.FromSeconds(phase.Seconds)), phase.Bytes is { } bytes ? Figures.Bytes(bytes) : ""];

    private static string Verb(ReportedDecision decision, bool dryRun) => decision.Keeps ? "kept" : dryRun ? "would be removed" : "removed";

    private static void Fold(StringBuilder text, string title, string[] heading, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
            return;
        text.Append($"<details><summary>{title} ({rows.Count})</summary>\n\n");
        AppendTable(text, heading, rows.Take(LongestList));
        if (rows.Count > LongestList)
            text.Append($"… and {rows.Count - LongestList} more, all in the report.\n\n");
        text.Append("</details>\n\n");
    }

    private static void AppendTable(StringBuilder text, string[] heading, IEnumerable<string[]> rows)
    {
        text.Append($"| {string.Join(" | ", heading)} |\n|{string.Concat(heading.Select(_ => " --- |"))}\n");
        foreach (var row in rows)
            text.Append($"| {string.Join(" | ", row.Select(Cell))} |\n");
        text.Append('\n');
    }

    /// <summary>One line which Markdown and HTML leave as it is.</summary>
    private static string Cell(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in Neutral.Line(text, LongestCell))
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '#' or '~' or '!' => escaped.Append('\\').Append(c),
                // No mention of a user, no link to an issue.
                '@' => escaped.Append("&#64;"),
                _ => escaped.Append(c),
            };
        return escaped.ToString();
    }

    private static string Bounded(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= MaximumBytes)
            return text;
        // A table row at a time, so that no character and no markup is cut in two.
        var (kept, bytes) = (new StringBuilder(), 0);
        foreach (var line in text.Split('\n'))
        {
            bytes += Encoding.UTF8.GetByteCount(line) + 1;
            if (bytes > MaximumBytes - 200)
                break;
            kept.Append(line).Append('\n');
        }

        return kept.Append("\n</details>\n\n… cut: the report has the rest.\n").ToString();
    }
}
