using System.Text;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>The Markdown of a job's page: the verdict, a table, then details folded.</summary>
/// <remarks>GitHub drops a step's summary above 1 MiB altogether, so lists are cut well before that.</remarks>
public static class JobSummary
{
    public const int MaximumBytes = 512 * 1024;

    private const int LongestCell = 500;
    private const int LongestList = 100;
    private const string Log = "<pre>";
    private const string EndOfLog = "</pre>";

    public static string Of(OperationReport report)
    {
        var text = new StringBuilder();
        text.Append($"## {(report.ExitStatus == (int)ExitStatus.Done ? "✅" : "❌")} {Cell(Heading(report))}\n\n");
        if (report is { DryRun: true, Error: null })
            text.Append("Nothing was changed: the log says what would follow.\n\n");
        if (report.Error is { } error)
            text.Append($"{What(report, error)}**Why:** {Cell(error.Why)}\n\n**Next:** {Cell(error.Next)}\n\n");
        if (report.Restore is { SafetyCopies.IsDefaultOrEmpty: false })
            text.Append("The former data are kept on the server: `./build.sh Rollback` brings them back.\n\n");
        // The first figure is the heading: Markdown knows no table without one.
        var figures = ReportFigures.Of(report).Select(figure => new[] { figure.Name, figure.Value }).ToList();
        AppendTable(text, figures[0], figures.Skip(1));
        SummaryChart.Append(text, $"Size of the last {report.History.Length} backups", "bar",
            [.. report.History.Select(size => (BackupId.Get(size.BackupId).Time, size.SizeBytes / 1e6))]);
        Fold(text, "Checks", ["check", "", "found", "how to mend it"],
            [.. report.Checks.Where(check => check.Next is not null).Select(check => new[] { check.Id, check.Outcome, check.Found, check.Next! })]);
        if (report.Usage is { } usage)
            UsageSummary.Append(text, usage, (title, heading, rows) => Fold(text, title, heading, rows));
        Fold(text, "Warnings", report.Warnings, lines => text.Append(string.Concat(lines.Select(warning => $"- {Cell(warning)}\n"))).Append('\n'));
        Fold(text, "Phases", ["phase", "time", "bytes"], [.. report.Phases.Select(Row)]);
        Fold(text, "Retention", ["backup", "store", "", "why"],
            [.. (report.Retention?.Decisions ?? []).Select(decision => new[] { decision.BackupId, decision.Store, Verb(decision, report.DryRun), decision.Reason })]);
        Fold(text, "Last lines", report.Log, lines => text.Append($"{Log}\n{string.Concat(lines.Select(line => $"{Plain(line)}\n"))}{EndOfLog}\n\n"));
        return Bounded(text.ToString());
    }

    /// <summary>A verdict that begins with the operation's name says it once.</summary>
    private static string Heading(OperationReport report)
    {
        var begins = report.Verdict.StartsWith(report.Operation + " ", StringComparison.OrdinalIgnoreCase);
        return report.Operation + (report.DryRun ? " (dry run)" : "") + (begins ? report.Verdict[report.Operation.Length..] : ": " + report.Verdict);
    }

    /// <summary>The heading has it, as a rule.</summary>
    private static string What(OperationReport report, ReportedError error) =>
        report.Verdict.Contains(error.What, StringComparison.Ordinal) ? "" : $"**What:** {Cell(error.What)}\n\n";

    private static string[] Row(ReportedPhase phase) =>
        [phase.Name, Whole(Figures.Duration(TimeSpan.FromSeconds(phase.Seconds))), phase.Bytes is { } bytes ? Whole(Figures.Bytes(bytes)) : ""];

    /// <summary>A figure and its unit stay on one line.</summary>
    private static string Whole(string figure) => figure.Replace(' ', '\u00A0');

    private static string Verb(ReportedDecision decision, bool dryRun) => decision.Keeps ? "kept" : dryRun ? "would be removed" : "removed";

    private static void Fold(StringBuilder text, string title, string[] heading, IReadOnlyList<string[]> rows) =>
        Fold(text, title, rows, shown => AppendTable(text, heading, shown));

    private static void Fold<T>(StringBuilder text, string title, IReadOnlyList<T> items, Action<IEnumerable<T>> append)
    {
        if (items.Count == 0)
            return;
        text.Append($"<details><summary>{title} ({items.Count})</summary>\n\n");
        append(items.Take(LongestList));
        if (items.Count > LongestList)
            text.Append($"… and {items.Count - LongestList} more, all in the report.\n\n");
        text.Append("</details>\n\n");
    }

    private static void AppendTable(StringBuilder text, string[] heading, IEnumerable<string[]> rows)
    {
        text.Append($"| {string.Join(" | ", heading.Select(Cell))} |\n|{string.Concat(heading.Select(_ => " :--- |"))}\n");
        foreach (var row in rows)
            text.Append($"| {string.Join(" | ", row.Select(Cell))} |\n");
        text.Append('\n');
    }

    /// <summary>One line which HTML leaves as it is.</summary>
    private static string Plain(string text) => Neutral.Line(text, LongestCell).Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("@", "&#64;", StringComparison.Ordinal);

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

        var isInLog = kept.ToString().LastIndexOf(Log, StringComparison.Ordinal) > kept.ToString().LastIndexOf(EndOfLog, StringComparison.Ordinal);
        return kept.Append(isInLog ? EndOfLog : "").Append("\n</details>\n\n… cut: the report has the rest.\n").ToString();
    }
}
