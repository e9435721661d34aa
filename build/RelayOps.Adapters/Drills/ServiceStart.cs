using System.Globalization;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Drills;

/// <summary>
/// Starts Redis and the service from a backup. Redis has no network but a loopback of its own, and the service joins that: nobody reaches them,
/// and the service, which holds real credentials, reaches nobody, not even this machine.
/// </summary>
internal sealed class ServiceStart(string ground, string files, DrillDocker docker, RedisServerDrillOptions options)
{
    private const string Restored = "/relayops-data";

    /// <summary>The service gets a copy in memory: it writes there as whoever its image says. $1 where to, then what the image runs.</summary>
    private const string Entry = "cp -R " + Restored + "/. \"$1\"/ || exit 97; shift; exec \"$@\"";

    private readonly string name = Path.GetFileName(ground);
    private readonly string data = Path.Combine(ground, "service");

    private string Redis => name + "-redis";

    private string App => name + "-app";

    public async Task<ServiceBoot> RunAsync(ServiceRecipe recipe, CancellationToken cancellationToken)
    {
        if (await docker.FindImageAsync(recipe.Redis, cancellationToken) is not { } redis)
            return NoImage(recipe.Redis);
        if (await docker.FindImageAsync(recipe.App, cancellationToken) is not { } app)
            return NoImage(recipe.App);
        var booted = false;
        try
        {
            var started = options.Time.GetTimestamp();
            ServiceData.Lay(Path.Combine(files, "redis_data"), data);
            if (await docker.FindFailureAsync(await RedisRunAsync(redis, recipe.Layout, cancellationToken), default, cancellationToken) is { } refusal)
                return new ServiceBoot(null, $"docker does not start {redis.Reference}: {refusal}");
            await DemandLoadedAsync(recipe, cancellationToken);
            var loaded = options.Time.GetTimestamp();
            if (await docker.FindFailureAsync(await AppRunAsync(app, recipe, cancellationToken), Environment(recipe), cancellationToken) is { } refused)
                return new ServiceBoot(null, $"docker does not start {app.Reference}: {refused}");
            await DemandHealthAsync(app, recipe, cancellationToken);
            booted = true;
            return new ServiceBoot(new DrilledService(docker, Redis, App, recipe)
            {
                Images = [redis, app],
                Seconds = (options.Time.GetElapsedTime(started, loaded).TotalSeconds, options.Time.GetElapsedTime(loaded).TotalSeconds),
            }, null);
        }
        finally
        {
            if (!booted)
                await docker.RemoveAsync([App, Redis]);
        }
    }

    private static ServiceBoot NoImage(ContainerImage image) =>
        new(null, $"docker has no image for {image.Service} ({image.Image}): pull it, or pass --pull-images");

    private IEnumerable<string> Common(string container, string network) =>
        ["run", "-d", "--name", container, "--label", $"{DrillDocker.Label}={name}", "--restart", "no", "--network", network, "--log-driver", "none"];

    /// <summary>As our user, so that it reads what only we may, and leaves nothing that we cannot remove.</summary>
    private async Task<IReadOnlyList<string>> RedisRunAsync(DrilledImage image, DrillLayout layout, CancellationToken cancellationToken)
    {
        var user = await Programs.FindOutputAsync("id", ["-u"], cancellationToken);
        var group = await Programs.FindOutputAsync("id", ["-g"], cancellationToken);
        return
        [
            .. Common(Redis, "none"), "--user", $"{user?.Trim()}:{group?.Trim()}", "--mount", Mount(ground, ground, ""), "--entrypoint", "redis-server",
            image.ImageId, "--dir", data, "--bind", "127.0.0.1", "--port", "6379", "--save", "", "--logfile", Path.Combine(ground, "service.log"), .. layout.Arguments(),
        ];
    }

    private async Task<IReadOnlyList<string>> AppRunAsync(DrilledImage image, ServiceRecipe recipe, CancellationToken cancellationToken)
    {
        var source = Directory.CreateDirectory(Path.Combine(files, "data")).FullName;
        var logs = $"{recipe.DataTarget[..recipe.DataTarget.LastIndexOf('/')]}/logs";
        return
        [
            .. Common(App, $"container:{Redis}"), "--env-file", "/dev/stdin", "--mount", Mount(source, Restored, ",readonly"), "--tmpfs", recipe.DataTarget, "--tmpfs", logs,
            "--entrypoint", "sh", image.ImageId, "-c", Entry, "sh", recipe.DataTarget, .. await docker.EntryAsync(image.ImageId, cancellationToken),
        ];
    }

    /// <summary>Not in the command line, where every user of this machine could read it.</summary>
    private static ReadOnlyMemory<byte> Environment(ServiceRecipe recipe) =>
        Encoding.UTF8.GetBytes(string.Concat(recipe.Environment.Select(pair => $"{pair.Key}={pair.Value}\n")));

    private async Task DemandLoadedAsync(ServiceRecipe recipe, CancellationToken cancellationToken)
    {
        var ready = await docker.Host.RunAsync(LoadedRedis.ReadyCommand(docker.Cli, Redis, ["-p", "6379"], Limit(recipe)), ReadOnlyMemory<byte>.Empty, cancellationToken);
        if (FirstLine.Of(ready.Output) != "ready")
            throw Failed("redis does not start with the dataset from the backup", RedisLog.Last(Path.Combine(ground, "service.log")));
        var inspected = await docker.Host.RunAsync(docker.Cli.Reading("inspect", Redis), ReadOnlyMemory<byte>.Empty, cancellationToken);
        var endpoint = RedisEndpoint.Inside(docker.Cli, Container.ParseAll(inspected.Output).Single(), RedisSettings.Default, [""]);
        var server = await RedisServer.AskAsync(docker.Host, endpoint, cancellationToken);
        // Before the service starts, since it writes at its start.
        if (recipe.Expected is { } expected
            && LoadedCounts.FindDifference(expected, await KeyCensus.TakeAsync(docker.Host, server, cancellationToken)) is { } difference)
            throw Failed("redis loaded something else from the backup", difference);
    }

    private async Task DemandHealthAsync(DrilledImage image, ServiceRecipe recipe, CancellationToken cancellationToken)
    {
        var result = await docker.Host.RunAsync(ServiceHealth.WaitCommand(docker.Cli, App, Limit(recipe)), ReadOnlyMemory<byte>.Empty, cancellationToken);
        if (FirstLine.Of(result.Output) is var said && said != "healthy")
            throw Failed($"the service from the backup does not become healthy ({image.Reference})", string.Create(CultureInfo.InvariantCulture,
                $"{said} after {Limit(recipe).TotalSeconds:0} s"), "restore it beside the deployment to read the service's log; a large dataset may need a longer --health-timeout");
    }

    /// <summary>Grows with the dataset, as that of a restore.</summary>
    private TimeSpan Limit(ServiceRecipe recipe) => options.HealthTimeout + TimeSpan.FromSeconds(recipe.DatasetBytes / (1 << 20) * 0.5);

    private static string Mount(string source, string target, string more) => $"type=bind,\"source={source}\",\"target={target}\"{more}";

    private static RelayOpsException Failed(string what, string why, string next = "use another backup") => new(what, why, next, ExitStatus.BadBackup);
}
