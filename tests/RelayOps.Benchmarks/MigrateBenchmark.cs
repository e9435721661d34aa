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
/// A migration between two servers: how long clients are without the service, against the plainest move by hand that loses nothing: stop there,
/// tar through this machine, start here. Run in turn, each with a deployment of its own.
/// </summary>
internal static class MigrateBenchmark
{
    private const int Rounds = 3;

    /// <summary>Of the users on both sides, and what a row calls them.</summary>
    private static readonly (string User, string Words)[] Kinds = [("relay-sudo", "sudo on both sides"), ("relay-docker", "group docker alone on both sides")];

    /// <summary>$1 directory of the new deployment, $2 words that reach the old server, $3 the old directory, $4 words that reach the new server.</summary>
    private const string ByHand = """
        $2 "cd '$3' && sudo docker-compose stop -t 600 >/dev/null 2>&1 && sudo tar cf - ." | $4 "mkdir -p '$1' && cd '$1' && sudo tar xpf - --numeric-owner"
        $4 "cd '$1' && sudo docker-compose up -d --no-build >/dev/null 2>&1"
        """;

    public static async Task RunAsync(TextWriter table, IEnumerable<(string Name, DatasetSize Size, long LogBytes)> sizes, CancellationToken cancellationToken)
    {
        await using var old = await TestBed.StartAsync(cancellationToken);
        await using var other = await TestBed.StartAsync(Bed.Second, withImages: false, cancellationToken);
        await table.WriteLineAsync("| dataset | pipeline | wall, s (min / median / max) | downtime, s (min / median / max) | ratio |\n|---|---|---|---|---|");
        foreach (var (name, size, logs) in sizes)
            await MeasureAsync(old, other, name, size, logs, table, cancellationToken);
    }

    private static async Task MeasureAsync(
        TestBed old, TestBed other, string name, DatasetSize size, long logBytes, TextWriter table, CancellationToken cancellationToken)
    {
        List<double> byHand = [];
        var moved = Kinds.ToDictionary(kind => kind.User, _ => (Walls: new List<double>(), Downtimes: new List<double>()));
        for (var round = 0; round < Rounds; round++)
        {
            // First the migrations: they bring the images that the move by hand finds there.
            foreach (var (user, _) in Kinds)
            {
                var (wall, downtime) = await OnceAsync(user, size, logBytes, (deployment, arrived) => MigrateAsync(user, old, other, deployment, arrived, cancellationToken), cancellationToken);
                moved[user].Walls.Add(wall);
                moved[user].Downtimes.Add(downtime);
            }

            byHand.Add((await OnceAsync("relay-sudo", size, logBytes, (deployment, arrived) => MoveByHandAsync(old, other, deployment, arrived, cancellationToken), cancellationToken)).Downtime);
        }

        await table.WriteLineAsync($"| {name} | stop, tar over ssh through this machine, up | {Seconds.Range(byHand)} | {Seconds.Range(byHand)} | 1.00 |");
        foreach (var (user, words) in Kinds)
            await table.WriteLineAsync($"| {name} | `./build.sh Migrate`, {words} | {Seconds.Range(moved[user].Walls)} | {Seconds.Range(moved[user].Downtimes)} | {Seconds.Ratio(moved[user].Downtimes, byHand)} |");
        await table.FlushAsync(cancellationToken);
    }

    private static async Task<(double Wall, double Downtime)> OnceAsync(
        string kind, DatasetSize size, long logBytes, Func<Deployment, Deployment, Task<double>> moveAsync, CancellationToken cancellationToken)
    {
        await using var deployment = await Deployment.CreateAsync(
            new DeploymentOptions { Owner = ServerUsers.Get(kind), Dataset = size, BindHost = "0.0.0.0" }, cancellationToken);
        await deployment.UpAsync(cancellationToken);
        await BackupBenchmark.WriteLogAsync(Path.Combine(deployment.Path, "logs", "claude-relay-benchmark.log"), logBytes, cancellationToken);
        await using var arrived = deployment.MovedTo(Bed.Second, $"{Bed.Second.User(kind).Home}/relay");
        var watch = Stopwatch.StartNew();
        var downtime = await moveAsync(deployment, arrived);
        return (watch.Elapsed.TotalSeconds, downtime);
    }

    private static async Task<double> MigrateAsync(
        string kind, TestBed old, TestBed other, Deployment deployment, Deployment arrived, CancellationToken cancellationToken)
    {
        using var here = TestDirectory.Create("relayops-benchmark-");
        await File.WriteAllTextAsync(here.File("known_hosts"),
            await File.ReadAllTextAsync(old.Sshd.KnownHosts, cancellationToken) + await File.ReadAllTextAsync(other.Sshd.KnownHosts, cancellationToken), cancellationToken);
        await Product.RunAsync(["Migrate", "--server", old.Sshd.Target(ServerUsers.Get(kind).Name).ToString(), "--ssh-key", old.Sshd.KeyFile, "--deployment-path", deployment.Path,
            "--new-server", other.Sshd.Target(Bed.Second.User(kind).Name).ToString(), "--new-ssh-key", other.Sshd.KeyFile, "--new-deployment-path", arrived.Path,
            "--known-hosts", here.File("known_hosts"), "--backup-directory", here.Path, "--report", here.File("report.json"), "--confirm", "yes"], cancellationToken);
        return await Product.ReadReportAsync(here.Path, "downtimeSeconds", cancellationToken);
    }

    private static async Task<double> MoveByHandAsync(TestBed old, TestBed other, Deployment deployment, Deployment arrived, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await Shell.RunAsync("sh", ["-c", ByHand, "sh", arrived.Path, Reaching(old.Sshd, ServerUsers.Sudo.Name), deployment.Path,
            Reaching(other.Sshd, Bed.Second.User("relay-sudo").Name)], cancellationToken);
        await arrived.WaitUntilHealthyAsync(TimeSpan.FromMinutes(5), cancellationToken);
        return watch.Elapsed.TotalSeconds;
    }

    private static string Reaching(ThrowawaySshd sshd, string user)
    {
        var target = sshd.Target(user);
        return $"ssh -i {sshd.KeyFile} -o UserKnownHostsFile={sshd.KnownHosts} -o BatchMode=yes -p {target.Port} {target.User}@{target.Host}";
    }
}
