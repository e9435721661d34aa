using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayOps.Core.Archives;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Usage;

/// <summary>A usage report for people and for programs. The charts are of plain characters, the same on a terminal and in a log.</summary>
public static class UsageText
{
    private const int BarWidth = 24;
    private const int MostPrefixes = 15;
    private const string Levels = "▁▂▃▄▅▆▇█";

    private static readonly UsageContext Context = new(new JsonSerializerOptions(UsageContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Json(UsageReport report) => JsonSerializer.Serialize(report, Context.UsageReport) + "\n";

    public static ImmutableArray<string> Lines(UsageReport report) =>
    [
        $"{report.DeploymentPath} on {report.Server}: {Figures.Bytes(report.DeploymentBytes)}"
            + (report.SafetyCopyBytes > 0 ? $", of which {Figures.Bytes(report.SafetyCopyBytes)} are safety copies" : ""),
        .. Bars(report.Entries.Select(entry => (EntryPath.Shown(entry.Name), entry.Bytes, ""))),
        .. report.Docker.IsEmpty ? Array.Empty<string>() : ["docker keeps for it:"],
        .. Bars(report.Docker.Select(entry => (entry.Name, entry.Bytes, ""))),
        .. report.Redis is { } redis ? Lines(redis) : [],
        Line(report.Disk),
        .. report.History.Length > 1 ? [$"deployment, the last {report.History.Length} runs: {Spark([.. report.History.Select(point => point.DeploymentBytes)])}"] : Array.Empty<string>(),
        Growth(report),
    ];

    /// <summary>One sentence of growth and forecast.</summary>
    public static string Growth(UsageReport report)
    {
        if (report is not { GrowthPerDay: { } growth, DiskGrowthPerDay: { } disk })
            return $"too little history for a forecast: {report.Measurements} of at least {UsageTrend.FewestMeasurements} runs, over "
                + string.Create(CultureInfo.InvariantCulture, $"{(report.History[^1].At - report.History[0].At).TotalDays:0.0} days of at least {UsageTrend.ShortestHistory.TotalDays:0}");
        return $"growth: deployment {PerDay(growth)}, disk {PerDay(disk)}; "
            + (report.DiskFullAt is { } full ? $"the disk is full in about {Figures.Age(full - report.At)}, on {full:yyyy-MM-dd}" : "the disk does not fill within ten years");
    }

    /// <summary>A line of bars, each as high as its value between the least and the most.</summary>
    public static string Spark(IReadOnlyList<long> values)
    {
        var (least, most) = (values.Min(), values.Max());
        return string.Concat(values.Select(value => Levels[most == least ? 0 : (int)((value - least) * (Levels.Length - 1L) / (most - least))]));
    }

    private static IEnumerable<string> Lines(UsedByKeys redis)
    {
        yield return $"redis, by key prefix, in the dump of backup {redis.BackupId} (store {redis.Store}):";
        foreach (var line in Bars(redis.Prefixes.Take(MostPrefixes).Select(prefix => (prefix.Prefix, (long?)prefix.Bytes, $"  {Figures.Count(prefix.Keys)} keys"))))
            yield return line;
        if (redis.Prefixes.Length > MostPrefixes)
            yield return $"  … and {redis.Prefixes.Length - MostPrefixes} more; --json has all";
    }

    private static string Line(DiskSpace disk) =>
        $"disk: {Figures.Bytes(disk.UsedBytes)} of {Figures.Bytes(disk.TotalBytes)} used, {Figures.Bytes(disk.FreeBytes)} free";

    private static IEnumerable<string> Bars(IEnumerable<(string Name, long? Bytes, string More)> entries)
    {
        var all = entries.ToList();
        var most = all.Select(entry => entry.Bytes ?? 0).DefaultIfEmpty().Max();
        var width = all.Select(entry => entry.Name.Length).DefaultIfEmpty().Max();
        string Bar(long? bytes) => new('█', most == 0 ? 0 : (int)Math.Ceiling((bytes ?? 0) * (double)BarWidth / most));
        string Size(long? bytes) => bytes is { } known ? Figures.Bytes(known) : "unknown";
        return all.Select(entry => $"  {entry.Name.PadRight(width)}  {Size(entry.Bytes),8}  {Bar(entry.Bytes)}{entry.More}".TrimEnd());
    }

    private static string PerDay(double bytes) => $"{(bytes < 0 ? "-" : "+")}{Figures.Bytes(Math.Abs(bytes))} a day";
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UsageReport))]
internal sealed partial class UsageContext : JsonSerializerContext;

/// <summary>A line of the history: one object without a line end in it.</summary>
public static class UsageHistoryJson
{
    public static string Write(UsageMeasurement measurement) => JsonSerializer.Serialize(measurement, UsageLineContext.Default.UsageMeasurement);

    /// <summary>Null for a line that is none.</summary>
    public static UsageMeasurement? Find(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, UsageLineContext.Default.UsageMeasurement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UsageMeasurement))]
internal sealed partial class UsageLineContext : JsonSerializerContext;
