using System.Globalization;
using System.Text;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>What a job's page shows of a Usage run: a chart of the growth, and what takes how much.</summary>
internal static class UsageSummary
{
    private const double Megabyte = 1_000_000;

    public static void Append(StringBuilder text, ReportedUsage usage, Action<string, string[], IReadOnlyList<string[]>> fold)
    {
        if (usage.History.Length > 1)
            text.Append($"```mermaid\n{Chart(usage)}```\n\n");
        fold("Sizes", ["", "size"], [.. usage.Entries.Select(Row)]);
        fold("Redis by key prefix", ["prefix", "in the dump"], [.. usage.Prefixes.Select(Row)]);
    }

    /// <summary>Dates and numbers alone: nothing in it comes from the server.</summary>
    private static string Chart(ReportedUsage usage)
    {
        var sizes = usage.History.Select(point => (point.DeploymentBytes / Megabyte).ToString("0.0", CultureInfo.InvariantCulture));
        var days = usage.History.Select(point => $"\"{point.At.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)}\"");
        return $"""
            xychart-beta
                title "Deployment, MB"
                x-axis [{string.Join(", ", days)}]
                y-axis "MB"
                line [{string.Join(", ", sizes)}]

            """.ReplaceLineEndings("\n");
    }

    private static string[] Row(ReportedSize size) => [size.Name, size.Bytes is { } bytes ? Figures.Bytes(bytes) : "unknown"];
}
