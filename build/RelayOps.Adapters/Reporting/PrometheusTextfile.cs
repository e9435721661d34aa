using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using RelayOps.Adapters.Stores;
using RelayOps.Core;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>A file for the textfile collector of Prometheus' node exporter, which other operations and servers may share: each has samples of its own.</summary>
/// <remarks>Source: Prometheus' text exposition format 0.0.4. What a run did not learn stays as an earlier one left it.</remarks>
public static class PrometheusTextfile
{
    /// <summary>With the others that write to the file: each is done within milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly ImmutableArray<(string Name, string Help)> Metrics =
    [
        ("relayops_last_run_timestamp_seconds", "When the operation last ended, whatever came of it."),
        ("relayops_last_run_exit_status", "Exit status of the last run; 0 is success."),
        ("relayops_last_run_duration_seconds", "How long the last run took."),
        ("relayops_last_success_timestamp_seconds", "When the operation last succeeded."),
        ("relayops_backup_size_bytes", "Size of the archive that the last successful run made or looked at."),
        ("relayops_backup_keys", "Redis keys in that backup."),
        ("relayops_downtime_seconds", "How long the service was stopped by the last run that stopped it."),
        ("relayops_rto_seconds", "From archive to a healthy service, as the last drill measured it."),
    ];

    /// <param name="server">As its host is named; empty where none was.</param>
    /// <exception cref="IOException">It cannot be written; the former file is still whole.</exception>
    public static async Task WriteAsync(OperationReport report, string server, string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        // Two profiles may end at once: without it each would write the other's samples as they were before.
        using var alone = await VanishingLock.TakeAsync(full + ".lock", Patience, time, cancellationToken);
        var labels = $"{{operation=\"{Label(report.Operation)}\",server=\"{Label(server)}\"}}";
        var former = File.Exists(full) ? Read(await File.ReadAllLinesAsync(full, cancellationToken)) : ImmutableSortedDictionary<string, string>.Empty;
        var values = former.SetItems(Samples(report).Where(sample => sample.Value is not null)
            .Select(sample => KeyValuePair.Create(sample.Name + labels, sample.Value!.Value.ToString("R", CultureInfo.InvariantCulture))));
        // The collector reads files that end with .prom alone, so it never meets half of one.
        var partial = $"{full}.{Guid.NewGuid():N}.partial";
        try
        {
            await File.WriteAllTextAsync(partial, Format(values), cancellationToken);
            // The collector is another user, and figures are no secret.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(partial, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            File.Move(partial, full, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static IEnumerable<(string Name, double? Value)> Samples(OperationReport report)
    {
        var ended = report.StartedAt.ToUnixTimeMilliseconds() / 1000.0 + report.Seconds;
        var succeeded = report.ExitStatus == (int)ExitStatus.Done;
        yield return ("relayops_last_run_timestamp_seconds", ended);
        yield return ("relayops_last_run_exit_status", report.ExitStatus);
        yield return ("relayops_last_run_duration_seconds", report.Seconds);
        yield return ("relayops_last_success_timestamp_seconds", succeeded ? ended : null);
        yield return ("relayops_backup_size_bytes", succeeded ? report.Backup?.SizeBytes : null);
        yield return ("relayops_backup_keys", succeeded ? report.Backup?.Keys : null);
        yield return ("relayops_downtime_seconds", report.DowntimeSeconds);
        yield return ("relayops_rto_seconds", report.RtoSeconds);
    }

    /// <summary>Our own samples; whatever else stood there has no business in this file.</summary>
    private static ImmutableSortedDictionary<string, string> Read(IEnumerable<string> lines) => lines
        .Where(line => Metrics.Any(metric => line.StartsWith(metric.Name + "{", StringComparison.Ordinal)))
        .Select(line => (Name: line[..(line.LastIndexOf('}') + 1)], Value: line[(line.LastIndexOf('}') + 1)..].Trim()))
        .Where(sample => sample.Name.Length > 0 && double.TryParse(sample.Value, CultureInfo.InvariantCulture, out _))
        .GroupBy(sample => sample.Name).ToImmutableSortedDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal);

    private static string Format(ImmutableSortedDictionary<string, string> values)
    {
        var text = new StringBuilder();
        foreach (var (name, help) in Metrics)
        {
            var samples = values.Where(sample => sample.Key.StartsWith(name + "{", StringComparison.Ordinal)).ToList();
            if (samples.Count > 0)
                text.Append($"# HELP {name} {help}\n# TYPE {name} gauge\n").AppendJoin("", samples.Select(sample => $"{sample.Key} {sample.Value}\n"));
        }

        return text.ToString();
    }

    private static string Label(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
