using System.Text;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>What a job's page shows of a Usage run: a chart of the growth, and what takes how much.</summary>
internal static class UsageSummary
{
    private const double Megabyte = 1_000_000;

    public static void Append(StringBuilder text, ReportedUsage usage, Action<string, string[], IReadOnlyList<string[]>> fold)
    {
        SummaryChart.Append(text, "Size of the deployment", "line", [.. usage.History.Select(point => (point.At, point.DeploymentBytes / Megabyte))]);
        fold("Sizes", ["", "size"], [.. usage.Entries.Select(Row)]);
        fold("Redis by key prefix", ["prefix", "in the dump"], [.. usage.Prefixes.Select(Row)]);
    }

    private static string[] Row(ReportedSize size) => [size.Name, size.Bytes is { } bytes ? Figures.Bytes(bytes) : "unknown"];
}
