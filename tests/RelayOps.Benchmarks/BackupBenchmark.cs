using System.Diagnostics;
using System.Globalization;
using RelayOps.Adapters.Archives;
using RelayOps.Testing;
using RelayOps.Testing.Datasets;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.Benchmarks;

/// <summary>
/// A backup over ssh from docker, against the plainest pipeline that moves the same bytes through the same ssh and the same codec:
/// BGSAVE, then <c>cat dump.rdb</c> and <c>tar</c> of the rest, compressed into a file. Both are run in turn.
/// </summary>
internal static class BackupBenchmark
{
    private const int Rounds = 3;

    /// <summary>Waits for the save as a shell script would, then sends everything.</summary>
    private const string Floor = """
        docker exec $1 sh -c 'redis-cli BGSAVE >/dev/null
          while redis-cli INFO persistence | grep -q rdb_bgsave_in_progress:1; do sleep 0.1; done
          exec cat /data/dump.rdb'
        cd "$2" && exec tar cf - .env docker-compose.yml data logs
        """;

    public static async Task RunAsync(TextWriter table, IEnumerable<(string Name, DatasetSize Size, long LogBytes)> sizes, CancellationToken cancellationToken)
    {
        await using var bed = await TestBed.StartAsync(cancellationToken);
        await table.WriteLineAsync("| dataset | pipeline | wall, s (min / median / max) | ratio | peak memory | archive | wire |\n|---|---|---|---|---|---|---|");
        foreach (var (name, size, logs) in sizes)
            await MeasureAsync(bed, name, size, logs, table, cancellationToken);
    }

    private static async Task MeasureAsync(
        TestBed bed, string name, DatasetSize size, long logBytes, TextWriter table, CancellationToken cancellationToken)
    {
        await using var deployment = await Deployment.CreateAsync(
            new DeploymentOptions { Owner = ServerUsers.Docker, Dataset = size }, cancellationToken);
        await deployment.UpAsync(cancellationToken);
        await WriteLogAsync(Path.Combine(deployment.Path, "logs", "claude-relay-benchmark.log"), logBytes, cancellationToken);
        var container = await deployment.ContainerAsync("redis", cancellationToken);
        using var store = TestDirectory.Create("relayops-benchmark-");

        List<Measured> floors = [], backups = [];
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(await RunFloorAsync(bed, deployment.Path, container, store.File("floor.gz"), cancellationToken));
            backups.Add(await RunBackupAsync(bed, deployment.Path, store.Path, cancellationToken));
        }

        var floor = Median(floors);
        await table.WriteLineAsync(Row(name, "BGSAVE, cat and tar over ssh, gzip", floors, 1));
        await table.WriteLineAsync(Row(name, "`./build.sh Backup` without Verify", backups, Median(backups) / floor));
        await table.FlushAsync(cancellationToken);
    }

    private static async Task<Measured> RunFloorAsync(
        TestBed bed, string path, string container, string archive, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo("ssh",
            ["-i", bed.Sshd.KeyFile, "-o", $"UserKnownHostsFile={bed.Sshd.KnownHosts}", "-o", "BatchMode=yes", "-p", $"{bed.Sshd.Port}",
             $"{ServerUsers.Docker.Name}@127.0.0.1", $"sh -s {container} '{path}'"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var ssh = Process.Start(start)!;
        await ssh.StandardInput.WriteAsync(Floor);
        ssh.StandardInput.Close();
        var wire = new Counting();
        await using (var file = File.Create(archive))
        {
            await using (var gzip = new GzipCodec().Compress(file, null))
                await wire.CopyAsync(ssh.StandardOutput.BaseStream, gzip, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        await ssh.WaitForExitAsync(cancellationToken);
        return new Measured(watch.Elapsed, 0, new FileInfo(archive).Length, wire.Bytes);
    }

    private static async Task<Measured> RunBackupAsync(TestBed bed, string path, string store, CancellationToken cancellationToken)
    {
        foreach (var old in Directory.GetFiles(store, "claude-relay-backup-*"))
            File.Delete(old);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            [Product.Assembly, "Backup", "--skip", "Verify", "Prune", "--no-logo", .. Product.Reaching(bed, path, store)])
        { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var peak = await PeakMemoryAsync(process, cancellationToken);
        var wall = watch.Elapsed;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"the backup ended with {process.ExitCode}:\n{await output}");
        using var report = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(store, "report.json"), cancellationToken));
        return new Measured(wall, peak, new FileInfo(Directory.GetFiles(store, "*.tar.gz").Single()).Length,
            report.RootElement.GetProperty("backup").GetProperty("wireBytes").GetInt64());
    }

    /// <summary>VmHWM only grows, so the last reading before the end is the peak.</summary>
    private static async Task<long> PeakMemoryAsync(Process process, CancellationToken cancellationToken)
    {
        long peak = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var ended = process.WaitForExitAsync(cancellationToken);
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, ReadPeak(process.Id));
            await Task.WhenAny(ended, timer.WaitForNextTickAsync(cancellationToken).AsTask());
        }

        await ended;
        return peak;
    }

    private static long ReadPeak(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // It ended between two readings.
        }
    }

    internal static async Task WriteLogAsync(string path, long bytes, CancellationToken cancellationToken)
    {
        var random = new Random(20250805);
        await using var log = new StreamWriter(path);
        for (long written = 0; written < bytes;)
        {
            var line = $"[2025-08-05 14:25:30] info: POST /api/v1/messages 200 {random.Next(10, 9000)}ms key={random.NextInt64():x16} tokens={random.Next(100000)}";
            await log.WriteLineAsync(line.AsMemory(), cancellationToken);
            written += line.Length + 1;
        }
    }

    private static double Median(List<Measured> measured) =>
        measured.Select(one => one.Wall.TotalSeconds).Order().ElementAt(measured.Count / 2);

    private static string Row(string dataset, string pipeline, List<Measured> measured, double ratio)
    {
        var walls = measured.Select(one => one.Wall.TotalSeconds).Order().ToList();
        var last = measured[^1];
        var memory = measured.Max(one => one.PeakBytes);
        return string.Create(CultureInfo.InvariantCulture,
            $"| {dataset} | {pipeline} | {walls[0]:0.00} / {walls[walls.Count / 2]:0.00} / {walls[^1]:0.00} | {ratio:0.00} | "
            + $"{(memory == 0 ? "" : $"{memory >> 20} MiB")} | {last.ArchiveBytes / 1e6:0.0} MB | {last.WireBytes / 1e6:0.0} MB |");
    }

    private sealed record Measured(TimeSpan Wall, long PeakBytes, long ArchiveBytes, long WireBytes);

    private sealed class Counting
    {
        public long Bytes { get; private set; }

        public async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
        {
            var buffer = new byte[128 << 10];
            while (await from.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                Bytes += read;
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }
}
