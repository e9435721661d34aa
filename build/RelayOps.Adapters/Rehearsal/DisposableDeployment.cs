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

    /// <summary>
    /// A restored Redis was started on its own, so whoever works in a data directory of ours is ended. Root may have made files, where
    /// restoring needed it. $1 the directory.
    /// </summary>
    private const string RemoveScript = """
        for p in /proc/[0-9]*; do
          for d in "$1"/*/redis_data "$1"/*/redis_data.*; do
            if [ "$p/cwd" -ef "$d" ]; then
              case $(cat "$p/comm" 2>/dev/null) in redis-server*|redis-check-rdb*|valkey-server*) kill -s KILL "${p#/proc/}" 2>/dev/null ;; esac
            fi
          done
        done
        name=${1##*/}
        for docker in docker 'sudo -n docker'; do
          if command -v docker >/dev/null 2>&1 && $docker inspect "$name" >/dev/null 2>&1; then $docker rm -f -v "$name" >/dev/null; break; fi
        done
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
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
            await _redis.DisposeAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _host.RunAsync(HostCommand.ChangingScript(RemoveScript, _directory), patience.Token);
    }

}
