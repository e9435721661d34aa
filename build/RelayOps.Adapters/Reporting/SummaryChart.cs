using System.Globalization;
using System.Text;

namespace RelayOps.Adapters.Reporting;

/// <summary>A chart on a job's page, which GitHub draws with Mermaid. Dates and numbers alone: nothing in it is markup.</summary>
internal static class SummaryChart
{
    /// <summary>More of them would lie upon each other.</summary>
    private const int MostLabels = 12;

    /// <summary>As wide as the page; Mermaid's own colour can hardly be seen.</summary>
    private const string Look = """%%{init: {"xyChart": {"width": 860, "height": 300}, "themeVariables": {"xyChart": {"plotColorPalette": "#2da44e"}}}}%%""";

    /// <param name="title">Without quotation marks.</param>
    /// <param name="kind"><c>bar</c>, which begins at nothing, or <c>line</c>.</param>
    public static void Append(StringBuilder text, string title, string kind, IReadOnlyList<(DateTimeOffset At, double Megabytes)> points)
    {
        if (points.Count < 2)
            return;
        var range = kind == "bar" ? $" 0 --> {Number(points.Max(point => point.Megabytes) * 1.1)}" : "";
        text.Append($"```mermaid\n{Look}\nxychart-beta\n    title \"{title}\"\n")
            .Append($"    x-axis \"{Day(points[0].At, "yyyy-MM-dd")} to {Day(points[^1].At, "yyyy-MM-dd")}\" [{string.Join(", ", Labels(points))}]\n")
            .Append($"    y-axis \"MB\"{range}\n")
            .Append($"    {kind} [{string.Join(", ", points.Select(point => Number(point.Megabytes)))}]\n```\n\n");
    }

    /// <summary>Some have the day. The others are as many characters without width: Mermaid draws points of one name upon each other.</summary>
    private static IEnumerable<string> Labels(IReadOnlyList<(DateTimeOffset At, double Megabytes)> points)
    {
        var every = (points.Count + MostLabels - 1) / MostLabels;
        var shown = new HashSet<string>();
        for (var i = 0; i < points.Count; i++)
            yield return $"\"{(i % every == 0 && shown.Add(Day(points[i].At, "MM-dd")) ? Day(points[i].At, "MM-dd") : new string('\u200B', i + 1))}\"";
    }

    private static string Day(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
