using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>The deployment that is restored to, running or not.</summary>
public sealed record RestoreTarget
{
    public required InspectedDeployment Deployment { get; init; }

    /// <summary>With the rights to replace any file.</summary>
    public required FileRoute Owner { get; init; }

    public required ServiceControl Services { get; init; }

    /// <summary>Null where it does not run.</summary>
    public RedisServer? Redis { get; init; }

    /// <summary>How that Redis is stopped and started where it runs on the server itself.</summary>
    public NativeRedis? Native { get; init; }

    /// <summary>Why it must not be stopped from here; null where nothing speaks against it.</summary>
    public RelayOpsException? NativeRefusal { get; init; }

    public required RedisFiles Files { get; init; }

    /// <summary>Names in the deployment's directory that are a file system of their own: a rename does not put them aside.</summary>
    public required ImmutableArray<string> MountPoints { get; init; }

    public ServerSurvey Survey => Deployment.Survey;

    /// <summary>Where images that were in use before are kept.</summary>
    public string KeptImages => Deployments.KeptImages.RepositoryOf(Deployment.Server.Id);

    /// <summary>Config files that are there, relative to the directory.</summary>
    public IReadOnlySet<string> Config => Deployment.Files.Where(part => part.Name == "config")
        .SelectMany(part => part.Tree.Entries).Select(entry => entry.Path).ToHashSet();

    /// <summary>The app that answers <c>/health</c>.</summary>
    public Container? App => Container.FindApp(Services.Apps, Survey.Path);

    public static async Task<RestoreTarget> InspectAsync(IHost host, IComposeParser compose, IReporter reporter, string path, CancellationToken cancellationToken)
    {
        var deployment = await new DeploymentInspection(host, compose, reporter).InspectAsync(path, DeploymentParts.Config, cancellationToken);
        var survey = deployment.Survey;
        var services = new ServiceControl(host, survey, deployment.Containers);
        var redis = services.Redis.Any(container => container.IsRunning) || services.Redis.IsEmpty
            ? await FindRedisAsync(host, deployment, reporter, cancellationToken) : null;
        var (native, refusal) = await FindNativeAsync(host, survey, redis, cancellationToken);
        return new RestoreTarget
        {
            Deployment = deployment,
            Owner = OwnerRoute.Get(survey, deployment.Containers, host.Name),
            Services = services,
            Redis = redis,
            Native = native,
            NativeRefusal = refusal,
            Files = redis is not null ? RedisFiles.Of(redis) : await RedisFiles.GuessAsync(host, services, cancellationToken),
            MountPoints = await ListMountPointsAsync(host, survey.Path, cancellationToken),
        };
    }

    /// <summary>One that does not answer, or restarts for ever, is what a restore is there for.</summary>
    private static async Task<RedisServer?> FindRedisAsync(
        IHost host, InspectedDeployment deployment, IReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            return await new RedisFinder(host, deployment.Survey, deployment.Containers, deployment.Environment).GetAsync(cancellationToken);
        }
        catch (RelayOpsException exception) when (exception.Status != ExitStatus.NoConnection)
        {
            if (deployment.Containers.Any(container => container.RunsRedis))
                reporter.Warn($"{exception.What}: {exception.Why}");
            return null;
        }
    }

    private static async Task<(NativeRedis? Native, RelayOpsException? Refusal)> FindNativeAsync(
        IHost host, ServerSurvey survey, RedisServer? redis, CancellationToken cancellationToken)
    {
        if (redis is not { Endpoint.Container: null })
            return (null, null);
        try
        {
            return (await new NativeRedisFinder(host, survey).GetAsync(redis, cancellationToken), null);
        }
        catch (RelayOpsException refusal) when (refusal.Status == ExitStatus.WrongUse)
        {
            // It matters only where Redis is restored.
            return (null, refusal);
        }
    }

    private static async Task<ImmutableArray<string>> ListMountPointsAsync(IHost host, string path, CancellationToken cancellationToken)
    {
        const string script = """
            cd "$1" || exit 66
            own=$(stat -c %d .)
            for f in redis_data data logs; do
              if [ -d "$f" ] && [ "$(stat -c %d "$f")" != "$own" ]; then echo "$f"; fi
            done
            """;
        var result = await host.RunAsync(HostCommand.ReadingScript(script, path), cancellationToken);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}

/// <summary>Where a Redis keeps its data and under which names, so that it loads what is put there.</summary>
/// <param name="Version">E.g. <c>7.0.15</c>; null where nobody can tell.</param>
public sealed record RedisFiles(string? Version, bool IsAppendOnly, string DumpName, string AppendDirectory, string AppendName)
{
    /// <summary>From 7 on the append-only file is a directory.</summary>
    public bool HasAppendOnlyDirectory => Version is null || Major(Version) >= 7;

    /// <summary>The newest RDB that this version loads (rdb.h of each release); what is unknown is left to Redis itself.</summary>
    public int NewestRdb => Version?.Split('.') switch
    {
        ["2" or "3", ..] => 7,
        ["4", ..] => 8,
        ["5" or "6", ..] => 9,
        ["7", "0", ..] => 10,
        ["7", "2", ..] => 11,
        ["7", ..] or ["8", "0", ..] => 12,
        _ => int.MaxValue,
    };

    public static RedisFiles Of(RedisServer redis) =>
        new(redis.Version, redis.IsAppendOnly, redis.DumpName, redis.AppendDirectory, redis.AppendName);

    /// <summary>Of a Redis that does not run: from its command line, and from what its image says of itself.</summary>
    public static async Task<RedisFiles> GuessAsync(IHost host, ServiceControl services, CancellationToken cancellationToken)
    {
        var container = services.Redis.FirstOrDefault();
        var settings = RedisSettings.Parse(container?.CommandLine ?? [], configurationFile: null).Values;
        string Setting(string name, string fallback) => settings.TryGetValue(name, out var value) && value.Length > 0 ? value : fallback;
        string? version = null;
        if (container is not null && services.Docker is { } docker)
        {
            var said = await host.RunAsync(
                docker.Reading("run", "--rm", "--network", "none", "--entrypoint", "redis-server", container.ImageId, "--version"), cancellationToken);
            version = said.Output.Split(' ').FirstOrDefault(word => word.StartsWith("v=", StringComparison.Ordinal))?[2..];
        }

        return new RedisFiles(version, Setting("appendonly", "no") == "yes", Setting("dbfilename", "dump.rdb"),
            Setting("appenddirname", "appendonlydir"), Setting("appendfilename", "appendonly.aof"));
    }

    private static int Major(string version) =>
        int.TryParse(version.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture, out var major) ? major : 7;
}
