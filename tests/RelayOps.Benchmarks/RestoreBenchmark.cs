using System.Diagnostics;
using RelayOps.Testing;
using RelayOps.Testing.Datasets;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.Benchmarks;

/// <summary>
/// A restore over ssh to docker. Its downtime against the plainest restart of the same two containers with the same data; its wall time against
/// the plainest pipeline that brings the same bytes to the same disk: decompress here, ssh, tar and sync there. Run in turn.
/// </summary>
internal static class RestoreBenchmark
{
    private const int Rounds = 3;

    /// <summary>As an operator would do it by hand; the service counts as back when its /health knows of a healthy redis.</summary>
    private const string Restart = """
        docker stop -t 600 $1 >/dev/null && docker stop -t 600 $2 >/dev/null && docker start $2 >/dev/null && docker start $1 >/dev/null
        until wget -q -O - "http://127.0.0.1:$3/health" 2>/dev/null | grep -q '"redis":{"status":"healthy"'; do sleep 0.05; done
        """;

    public static async Task RunAsync(TextWriter table, IEnumerable<(string Name, DatasetSize Size, long LogBytes)> sizes, CancellationToken cancellationToken)
    {
        await using var bed = await TestBed.StartAsync(cancellationToken);
        await table.WriteLineAsync("| dataset | pipeline | wall, s (min / median / max) | ratio | downtime, s (min / median / max) | ratio |\n|---|---|---|---|---|---|");
        foreach (var (name, size, logs) in sizes)
            await MeasureAsync(bed, name, size, logs, table, cancellationToken);
    }

    private static async Task MeasureAsync(
        TestBed bed, string name, DatasetSize size, long logBytes, TextWriter table, CancellationToken cancellationToken)
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions { Owner = ServerUsers.Docker, Dataset = size }, cancellationToken);
        await deployment.UpAsync(cancellationToken);
        await BackupBenchmark.WriteLogAsync(Path.Combine(deployment.Path, "logs", "claude-relay-benchmark.log"), logBytes, cancellationToken);
        using var store = TestDirectory.Create("relayops-benchmark-");
        string[] reaching = Product.Reaching(bed, deployment.Path, store.Path);
        await Product.RunAsync(["Backup", .. reaching], cancellationToken);
        var archive = Directory.GetFiles(store.Path, "*.tar.gz").Single();

        List<double> floors = [], restarts = [], restores = [], downtimes = [];
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(await RunFloorAsync(bed, deployment.Path, archive, cancellationToken));
            restarts.Add(await RestartAsync(deployment, cancellationToken));
            var watch = Stopwatch.StartNew();
            await Product.RunAsync(["Restore", .. reaching, "--backup-id", "latest", "--confirm", "yes"], cancellationToken);
            restores.Add(watch.Elapsed.TotalSeconds);
            downtimes.Add(await Product.ReadReportAsync(store.Path, "downtimeSeconds", cancellationToken));
        }

        await table.WriteLineAsync($"| {name} | gzip -d, tar and sync over ssh; docker stop and start | {Seconds.Range(floors)} | 1.00 | {Seconds.Range(restarts)} | 1.00 |");
        await table.WriteLineAsync($"| {name} | `./build.sh Restore` with its deep verification | {Seconds.Range(restores)} | {Seconds.Ratio(restores, floors)} | {Seconds.Range(downtimes)} | {Seconds.Ratio(downtimes, restarts)} |");
        await table.FlushAsync(cancellationToken);
    }

    private static async Task<double> RunFloorAsync(TestBed bed, string path, string archive, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var remote = $"mkdir '{path}/floor' && tar xpf - -C '{path}/floor' && sync && rm -r '{path}/floor'";
        await Shell.RunAsync("sh", ["-c", """gzip -dc "$1" | ssh -i "$2" -o UserKnownHostsFile="$3" -o BatchMode=yes -p "$4" "$5@127.0.0.1" "$6" """, "sh",
            archive, bed.Sshd.KeyFile, bed.Sshd.KnownHosts, $"{bed.Sshd.Port}", ServerUsers.Docker.Name, remote], cancellationToken);
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> RestartAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        var (app, redis) = (await deployment.ContainerAsync("claude-relay", cancellationToken), await deployment.ContainerAsync("redis", cancellationToken));
        var watch = Stopwatch.StartNew();
        await Shell.RunAsync(Bed.First.Through("sh", ["-c", Restart, "sh", app, redis, $"{deployment.Port}"]), cancellationToken);
        return watch.Elapsed.TotalSeconds;
    }
}
