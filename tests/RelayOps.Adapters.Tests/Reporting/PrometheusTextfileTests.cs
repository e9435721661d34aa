using Microsoft.Extensions.Time.Testing;
using RelayOps.Adapters.Reporting;
using RelayOps.Adapters.Tests.Stores;

namespace RelayOps.Adapters.Tests.Reporting;

public sealed class PrometheusTextfileTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    private string Path => home["node/relayops.prom"];

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task WriteAsync_writes_a_sample_of_each_figure_under_its_help()
    {
        await WriteAsync(Reports.Backup with { RtoSeconds = 12.5 });

        var lines = await File.ReadAllLinesAsync(Path);
        Assert.Contains("# TYPE relayops_backup_keys gauge", lines);
        Assert.Contains("relayops_backup_keys{operation=\"Backup\",server=\"tokyo\"} 1300", lines);
        Assert.Contains("relayops_backup_size_bytes{operation=\"Backup\",server=\"tokyo\"} 1200000", lines);
        Assert.Contains("relayops_last_success_timestamp_seconds{operation=\"Backup\",server=\"tokyo\"} 1754403942.345", lines);
        Assert.Contains("relayops_rto_seconds{operation=\"Backup\",server=\"tokyo\"} 12.5", lines);
        Assert.Contains(lines, line => line.StartsWith("relayops_last_run_duration_seconds{", StringComparison.Ordinal));
        Assert.All(lines.Where(line => line[0] != '#'), line => Assert.Matches("^relayops_[a-z_]+\\{[^}]+\\} -?[0-9.E+]+$", line));
        Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Fact]
    public async Task WriteAsync_keeps_the_last_success_when_a_run_fails_and_the_samples_of_others()
    {
        await WriteAsync(Reports.Backup);
        await WriteAsync(Reports.Failure with { StartedAt = Reports.Backup.StartedAt.AddDays(1) });
        await PrometheusTextfile.WriteAsync(Reports.Backup, "a \"b\" \\ c", Path, TimeProvider.System, CancellationToken.None);

        var text = await File.ReadAllTextAsync(Path);
        Assert.Contains("relayops_last_success_timestamp_seconds{operation=\"Backup\",server=\"tokyo\"} 1754403942.345", text, StringComparison.Ordinal);
        Assert.Contains("relayops_last_run_exit_status{operation=\"Backup\",server=\"tokyo\"} 3", text, StringComparison.Ordinal);
        Assert.Contains("relayops_last_run_exit_status{operation=\"Backup\",server=\"a \\\"b\\\" \\\\ c\"} 0", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("# HELP relayops_last_run_exit_status").Length - 1);
    }

    /// <summary>Each of them reads, adds its own and replaces the file.</summary>
    [Fact]
    public async Task WriteAsync_loses_no_sample_of_runs_that_end_at_once()
    {
        var servers = Enumerable.Range(0, 40).Select(number => $"server-{number:00}").ToList();

        await Parallel.ForEachAsync(servers, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (server, patience) => await PrometheusTextfile.WriteAsync(Reports.Backup, server, Path, TimeProvider.System, patience));

        var text = await File.ReadAllTextAsync(Path);
        Assert.All(servers, server => Assert.Contains($"relayops_backup_keys{{operation=\"Backup\",server=\"{server}\"}} 1300", text, StringComparison.Ordinal));
        Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
    }

    /// <summary>As a run that was killed leaves it.</summary>
    [Fact]
    public async Task WriteAsync_takes_a_lock_that_nobody_holds_any_more()
    {
        Directory.CreateDirectory(home["node"]);
        await File.WriteAllTextAsync(Path + ".lock", "");

        await WriteAsync(Reports.Backup);

        Assert.Equal([Path], Directory.GetFiles(home["node"]));
    }

    [Fact]
    public async Task WriteAsync_gives_up_on_a_lock_that_another_keeps_and_leaves_the_file_as_it_was()
    {
        await WriteAsync(Reports.Backup);
        var former = await File.ReadAllTextAsync(Path);
        await using var held = new FileStream(Path + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

        await Assert.ThrowsAsync<IOException>(() => PrometheusTextfile.WriteAsync(
            Reports.Failure, "tokyo", Path, new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(11) }, CancellationToken.None));

        Assert.Equal(former, await File.ReadAllTextAsync(Path));
    }

    private Task WriteAsync(Core.Reporting.OperationReport report) => PrometheusTextfile.WriteAsync(report, "tokyo", Path, TimeProvider.System, CancellationToken.None);
}
