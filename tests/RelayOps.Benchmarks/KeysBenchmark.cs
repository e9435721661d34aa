using System.Diagnostics;
using System.Globalization;
using RelayOps.Testing;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.Benchmarks;

/// <summary>Five million keys into a backup, lost, and back: how long, and whether Redis' own digest of all values is the same afterwards.</summary>
internal static class KeysBenchmark
{
    private const int Keys = 5_000_000;

    public static async Task RunAsync(TextWriter table, CancellationToken cancellationToken)
    {
        await using var bed = await TestBed.StartAsync(cancellationToken);
        await using var deployment = await Deployment.CreateAsync(
            new DeploymentOptions { Owner = ServerUsers.Docker, Dataset = null, RedisArguments = "--enable-debug-command yes" }, cancellationToken);
        await deployment.UpAsync(cancellationToken);
        await AskAsync("DEBUG", "POPULATE", Keys.ToString(CultureInfo.InvariantCulture), "usage");
        await AskAsync("DEL", [.. Deployment.KeysOfTheService]);
        var digest = await AskAsync("DEBUG", "DIGEST");
        using var store = TestDirectory.Create("relayops-benchmark-");
        string[] reaching = Product.Reaching(bed, deployment.Path, store.Path);
        var watch = Stopwatch.StartNew();
        await Product.RunAsync(["Backup", .. reaching], cancellationToken);
        var backup = watch.Elapsed;
        await AskAsync("FLUSHALL");
        watch.Restart();
        await Product.RunAsync(["Restore", .. reaching, "--backup-id", "latest", "--confirm", "yes", "--health-timeout", "10m"], cancellationToken);
        var restore = watch.Elapsed;
        var downtime = await Product.ReadReportAsync(store.Path, "downtimeSeconds", cancellationToken);
        await AskAsync("DEL", [.. Deployment.KeysOfTheService]);
        if (await AskAsync("DEBUG", "DIGEST") != digest)
            throw new InvalidOperationException("the digest of the restored values is another");
        await table.WriteLineAsync("| keys | backup with Verify, s | restore, s | downtime, s | digest |\n|---|---|---|---|---|");
        await table.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"| {Keys:#,0} | {backup.TotalSeconds:0.0} | {restore.TotalSeconds:0.0} | {downtime:0.0} | the same |"));

        async Task<string> AskAsync(string command, params string[] arguments) =>
            await (await deployment.RedisAsync(cancellationToken)).RunAsync([command, .. arguments], cancellationToken);
    }
}
