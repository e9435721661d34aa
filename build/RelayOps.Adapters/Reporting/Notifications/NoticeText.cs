using System.Globalization;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting.Notifications;

/// <summary>An outcome in a few lines, for people who look at a telephone.</summary>
public static class NoticeText
{
    /// <summary>What the strictest of them takes: WeCom's text of 2,048 bytes.</summary>
    public const int MaximumBytes = 2_000;

    /// <param name="report">Masked and neutralised.</param>
    /// <param name="origin">Where it happened.</param>
    public static string Of(OperationReport report, NoticeOrigin origin)
    {
        var succeeded = report.ExitStatus == (int)ExitStatus.Done;
        var text = new StringBuilder();
        text.Append(succeeded ? "✅ " : "❌ ").Append(Subject(report, origin)).Append('\n');
        text.Append(Neutral.Line(report.Error?.What ?? report.Verdict, 400)).Append('\n');
        if (report.Error is { } error)
            text.Append("why: ").Append(Neutral.Line(error.Why, 500)).Append("\nnext: ").Append(Neutral.Line(error.Next, 500)).Append('\n');
        foreach (var warning in report.Warnings.Take(3))
            text.Append("⚠ ").Append(Neutral.Line(warning, 150)).Append('\n');
        text.Append(string.Create(CultureInfo.InvariantCulture,
            $"{report.StartedAt.ToUniversalTime():yyyy-MM-dd HH:mm} UTC, {Figures.Duration(TimeSpan.FromSeconds(report.Seconds))}, exit status {report.ExitStatus}"));
        if (origin.RunAddress is { } address)
            text.Append('\n').Append(address);
        return Cut(text.ToString(), MaximumBytes);
    }

    public static string Subject(OperationReport report, NoticeOrigin origin) =>
        $"RelayOps {report.Operation}{(origin.Subject is { } subject ? $" of {subject}" : "")}: {(report.ExitStatus == (int)ExitStatus.Done ? "done" : "failed")}";

    /// <summary>Whole characters alone.</summary>
    private static string Cut(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
            return text;
        var kept = new StringBuilder();
        var left = bytes - 3;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((left -= rune.Utf8SequenceLength) < 0)
                break;
            kept.Append(rune);
        }

        return kept.Append('…').ToString();
    }
}

/// <param name="Subject">The server or profile; null where none was named.</param>
/// <param name="RunAddress">The page of the run; null outside of GitHub Actions.</param>
public sealed record NoticeOrigin(string? Subject, string? RunAddress);
