using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>Commands to GitHub's runner that put a warning or an error on the job's page.</summary>
/// <remarks>It shows ten of each kind for a step and drops the rest; the tenth says how many those are.</remarks>
public static class Annotations
{
    public const int MaximumOfAKind = 10;

    private const int LongestMessage = 4_000;

    public static IReadOnlyList<string> Of(OperationReport report)
    {
        var errors = report.Error is { } error ? [$"{error.What}: {error.Why}. {error.Next}"] : Array.Empty<string>();
        return [.. Commands("error", report.Operation, errors), .. Commands("warning", report.Operation, [.. report.Warnings])];
    }

    private static IEnumerable<string> Commands(string kind, string title, string[] messages)
    {
        var shown = messages.Length <= MaximumOfAKind ? messages.Length : MaximumOfAKind - 1;
        foreach (var message in messages.Take(shown))
            yield return Command(kind, title, message);
        if (messages.Length > shown)
            yield return Command(kind, title, $"{messages.Length - shown} more: see the job summary");
    }

    private static string Command(string kind, string title, string message) =>
        $"::{kind} title={Property(Neutral.Line(title, 100))}::{Data(Neutral.Line(message, LongestMessage))}";

    // The percent sign first: it begins the other escapes.
    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
