using RelayOps.Adapters.Drills;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Rehearsal;

/// <summary>
/// A deployment of the relay service in a private temporary directory, with realistic data and a real Redis where there is one to be had.
/// Disposing leaves nothing of it; what a killed run left, the next one removes.
/// </summary>
public sealed class DisposableDeployment : IAsyncDisposable
{
    private const string Prefix = "relayops-rehearsal-";

    /// <summary>What the deployment's compose file starts.</summary>
    private static readonly string[] Images = ["weishaw/claude-relay-service:latest", "redis:7-alpine"];

    /// <summary>A restored Redis was started on its own, so whoever works in a data directory of ours is ended. $1 the directory.</summary>
    private const string StopScript = """
        for p in /proc/[0-9]*; do
          for d in "$1"/*/redis_data "$1"/*/redis_data.*; do
            if [ "$p/cwd" -ef "$d" ]; then
              case $(cat "$p/comm" 2>/dev/null) in redis-server*|redis-check-rdb*|valkey-server*) kill -s KILL "${p#/proc/}" 2>/dev/null ;; esac
            fi
          done
        done
        name=${1##*/}
        docker=
        for d in docker 'sudo -n docker'; do
          if command -v docker >/dev/null 2>&1 && $d version >/dev/null 2>&1 </dev/null; then docker=$d; break; fi
        done
        if [ -n "$docker" ] && $docker inspect "$name" >/dev/null 2>&1; then $docker rm -f -v "$name" >/dev/null; fi
        """;

    /// <summary>
    /// Containers and networks of the migrated one belong to the project of the directory's name. Other users, root among them, may have made
    /// files, where that was needed: docker or sudo removes them.
    /// </summary>
    private const string RemoveScript = StopScript + """

        label=label=com.docker.compose.project=$name
        if [ -n "$docker" ] && ids=$($docker ps -aq --filter "$label") && [ -n "$ids" ]; then
          image=$($docker inspect -f '{{.Image}}' $ids | tail -n 1)
          $docker rm -f -v $ids >/dev/null
          $docker network ls -q --filter "$label" | xargs -r $docker network rm >/dev/null
          rm -rf "$1" 2>/dev/null || $docker run --rm --network none --user 0 -v "$1:/relayops" --entrypoint /bin/rm "$image" -rf /relayops/moved
        fi
        rm -rf "$1" 2>/dev/null || sudo -n rm -rf "$1"
        """;

    private readonly IHost _host;
    private readonly string _directory;
    private DisposableRedis? _redis;

    private DisposableDeployment(IHost host, string directory)
    {
        _host = host;
        _directory = directory;
    }

    public string Path => System.IO.Path.Combine(_directory, "claude-relay-deployment");

    /// <summary>Where it is rebuilt, with containers of <see cref="Project"/>.</summary>
    public string NewPath => System.IO.Path.Combine(_directory, "moved", "claude-relay-deployment");

    public string Project => System.IO.Path.GetFileName(_directory);

    /// <summary>On loopback; free when it was asked for.</summary>
    public int NewPort { get; } = RehearsalFiles.FreePort();

    /// <summary>Why it cannot be rebuilt in containers on this machine; null where it can.</summary>
    public string? StaysBecause { get; private set; }

    /// <summary>For the backups of the rehearsal.</summary>
    public string StorePath => System.IO.Path.Combine(_directory, "data-backups");

    /// <summary>What runs as its Redis, e.g. <c>redis-server 7.0.15</c>; null where files alone are rehearsed.</summary>
    public string? Redis => _redis?.Description;

    /// <summary>The image it runs from; null for a program of this machine.</summary>
    public string? Image => _redis?.Image;

    /// <param name="host">This machine.</param>
    public static async Task<DisposableDeployment> CreateAsync(IHost host, CancellationToken cancellationToken)
    {
        var parent = System.IO.Path.GetTempPath();
        foreach (var abandoned in OwnedDirectory.ListAbandoned(parent, Prefix))
            await host.RunAsync(HostCommand.ChangingScript(RemoveScript, abandoned), cancellationToken);
        var deployment = new DisposableDeployment(host, OwnedDirectory.Create(parent, Prefix));
        try
        {
            var files = new RehearsalFiles(deployment.Path);
            await files.WriteAsync(cancellationToken);
            var survey = await ServerSurvey.TakeAsync(host, deployment.Path, cancellationToken);
            deployment._redis = await DisposableRedis.FindAsync(host, survey, System.IO.Path.GetFileName(deployment._directory), cancellationToken);
            if (deployment._redis is { } redis)
                await redis.StartAsync(files, cancellationToken);
            deployment.StaysBecause = deployment._redis is null ? "it has no data of Redis" : await FindObstacleAsync(host, survey, cancellationToken);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its Redis is gone, as that of a lost server is.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_redis is not null)
            await _redis.DisposeAsync();
        _redis = null;
        await _host.RunAsync(HostCommand.ChangingScript(StopScript, _directory), cancellationToken);
    }

    private static async Task<string?> FindObstacleAsync(IHost host, ServerSurvey survey, CancellationToken cancellationToken)
    {
        if (survey is not { Docker: { } docker, ComposeProgram: not null })
            return "docker compose is not here";
        // Nothing is pulled for a rehearsal.
        return (await host.RunAsync(docker.InspectImages(Images), cancellationToken)).Succeeded ? null : $"docker does not have {string.Join(" and ", Images)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
            await _redis.DisposeAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _host.RunAsync(HostCommand.ChangingScript(RemoveScript, _directory), patience.Token);
    }
}
