using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Redis on its new data, before anybody else speaks to it.</summary>
public sealed class LoadedRedis(IHost host, RestoreTarget target, TimeProvider time)
{
    /// <summary>On the server, since a container that restarts ends what runs inside. $1 seconds, $2 words of docker, docker, container, redis-cli's arguments.</summary>
    private const string ReadyScript = """
        limit=$(( $(date +%s) + $1 )) words=$2
        shift 2
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        id=$1
        shift
        starts=$($docker inspect -f '{{.RestartCount}}' "$id" 2>/dev/null)
        while :; do
          said=$($docker exec -i "$id" sh -c 'end=$(( $(date +%s) + 5 ))
            while :; do
              said=$(redis-cli "$@" PING 2>&1)
              case $said in PONG*|NOAUTH*|*"Authentication required"*) echo ready; exit 0 ;; esac
              [ "$(date +%s)" -lt "$end" ] || break
              sleep 0.05
            done
            printf "%s\n" "$said"' sh "$@" </dev/null 2>&1 | tail -n 1)
          if [ "$said" = ready ]; then echo ready; exit 0; fi
          state=$($docker inspect -f '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}' "$id" 2>&1)
          case $state in
            "running $starts "*|"created "*) ;;
            *) printf 'it ended: %s\n' "$($docker logs --tail 1 "$id" 2>&1 | tail -n 1)"; exit 0 ;;
          esac
          if [ "$(date +%s)" -ge "$limit" ]; then printf '%s\n' "$said"; exit 0; fi
          sleep 0.1
        done
        """;

    /// <summary>Deletes inside of Redis, so that no token appears anywhere else.</summary>
    private const string DropScript = RedisServer.Login + """
        lua=$1
        shift
        redis-cli "$@" EVAL "$lua" 0
        """;

    private const string DropLua = """
        if redis.replicate_commands then pcall(redis.replicate_commands) end
        local cursor, dropped = '0', 0
        repeat
          local answer = redis.call('SCAN', cursor, 'MATCH', 'session:*', 'COUNT', 1000)
          cursor = answer[1]
          for _, key in ipairs(answer[2]) do
            if key ~= 'session:admin_credentials' then dropped = dropped + redis.call('DEL', key) end
          end
        until cursor == '0'
        return dropped
        """;

    /// <summary>Answers PING, also where it asks for a password: a Redis that loads answers LOADING.</summary>
    public static HostCommand ReadyCommand(DockerCli docker, string container, IEnumerable<string> cliArguments, TimeSpan limit) =>
        HostCommand.ReadingScript(ReadyScript, [Math.Ceiling(limit.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            docker.Words.Length.ToString(CultureInfo.InvariantCulture), .. docker.Words, container, .. cliArguments]).Waiting(limit);

    /// <summary>Waits until it answers. One that asks for a password does so before it has loaded: who counts its keys waits for the rest.</summary>
    /// <param name="recreated">Its container is another one than before.</param>
    /// <exception cref="RelayOpsException">It ended, or took too long.</exception>
    public async Task<RedisServer> GetReadyAsync(bool recreated, TimeSpan limit, CancellationToken cancellationToken)
    {
        var docker = target.Services.Docker!;
        var container = recreated || target.Redis is null ? await FindAsync(docker, cancellationToken) : target.Services.Redis[0];
        if (container is null)
            throw Failed("its container is gone");
        var cliArguments = target.Redis?.Endpoint.CliArguments ?? RedisSettings.Parse(container.CommandLine, configurationFile: null).CliArguments(host: null);
        var result = await host.RunAsync(ReadyCommand(docker, container.Id, cliArguments, limit), cancellationToken);
        if (FirstLine.Of(result.Output) is var said && said != "ready")
            throw Failed(said);
        // What it was before it still is, down to its password: every question saved is time without service saved.
        return !recreated && target.Redis is { } known ? known : await AskAsync([container with { IsRunning = true }], limit, cancellationToken);
    }

    /// <summary>The same for one that runs on the server itself.</summary>
    /// <exception cref="RelayOpsException">It ended, took too long, or is not as it was before.</exception>
    public async Task<RedisServer> GetReadyAsync(NativeRedis native, TimeSpan limit, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(native.ReadyCommand(target.Survey, limit), cancellationToken);
        if (!result.Succeeded)
            throw Failed(FirstLine.Of(result.Output + result.Exit.Error));
        var redis = await AskAsync([], limit, cancellationToken);
        // What was set while it ran, and never written down, would be missing now.
        return target.Redis is not { } before || (redis.Directory == before.Directory && redis.IsAppendOnly == before.IsAppendOnly && redis.DumpName == before.DumpName)
            ? redis : throw Failed("it does not run with the same settings as before");
    }

    private async Task<RedisServer> AskAsync(Container[] containers, TimeSpan limit, CancellationToken cancellationToken)
    {
        var finder = new RedisFinder(host, target.Survey, containers, target.Deployment.Environment);
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                return await finder.GetAsync(cancellationToken);
            }
            catch (RelayOpsException exception) when (exception.Status != ExitStatus.NoConnection && time.GetElapsedTime(started) < limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
            }
        }
    }

    /// <summary>As it is now: compose may have made it anew.</summary>
    private async Task<Container?> FindAsync(DockerCli docker, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(docker.InspectContainers(), cancellationToken);
        return Container.ParseAll(result.Output).FirstOrDefault(container => container.RunsRedis && container.BelongsTo(target.Survey.Path));
    }

    /// <summary>Started, loaded and counted in one round trip.</summary>
    /// <param name="start">May be repeated.</param>
    /// <returns>Null where that is not to be had: then it is to be started, waited for and counted step by step, which tells why.</returns>
    /// <exception cref="RelayOpsException">It has not loaded what was restored.</exception>
    public async Task<DatasetCounts?> FindCountsAsync(HostCommand start, DatasetCounts? expected, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (target.Redis is not { } redis)
            return null;
        var command = KeyCensus.Command(redis.Endpoint, limit: limit).After(start);
        return await host.TryRunAsync(command, redis.Credentials, cancellationToken) is { } result
            ? Demand(KeyCensus.Parse(result.Output), expected) : null;
    }

    /// <summary>The same with a digest of what it holds for good.</summary>
    /// <inheritdoc cref="FindCountsAsync"/>
    public async Task<DatasetProof?> FindProofAsync(HostCommand start, DatasetCounts expected, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (target.Redis is not { } redis)
            return null;
        var command = DatasetProof.Command(redis.Endpoint, limit).After(start);
        return await host.TryRunAsync(command, DatasetProof.Credentials(redis), cancellationToken) is { } result
            ? Demand(DatasetProof.Parse(result.Output), expected) : null;
    }

    /// <exception cref="RelayOpsException">It has not loaded what was restored.</exception>
    public async Task<DatasetProof> DemandProofAsync(RedisServer redis, DatasetCounts expected, TimeSpan limit, CancellationToken cancellationToken) =>
        Demand(await DatasetProof.TakeAsync(host, redis, limit, cancellationToken), expected);

    private DatasetProof Demand(DatasetProof proof, DatasetCounts expected)
    {
        Demand(proof.Counts, expected);
        return proof;
    }

    /// <exception cref="RelayOpsException">It has not loaded what was restored.</exception>
    public async Task<DatasetCounts> DemandCountsAsync(RedisServer redis, DatasetCounts? expected, CancellationToken cancellationToken) =>
        Demand(await KeyCensus.TakeAsync(host, redis, cancellationToken), expected);

    private DatasetCounts Demand(DatasetCounts counts, DatasetCounts? expected)
    {
        if (expected is not null && LoadedCounts.FindDifference(expected, counts) is { } difference)
            throw Failed(difference);
        return counts;
    }

    public async Task<long> DropSessionsAsync(RedisServer redis, CancellationToken cancellationToken)
    {
        var command = redis.Endpoint.Route.Run(HostCommand.ChangingScript(DropScript, [DropLua, .. redis.Endpoint.CliArguments]));
        var result = await host.RunAsync(command, redis.Credentials, cancellationToken);
        return result.Succeeded && long.TryParse(result.Output.Trim(), CultureInfo.InvariantCulture, out var dropped)
            ? dropped : throw Failed($"sessions could not be dropped: {FirstLine.Of(result.Output + result.Exit.Error)}");
    }

    private RelayOpsException Failed(string why) =>
        new($"redis on {host.Name} does not serve the restored data", why, target.Native is null ? "read its log there (docker compose logs redis)" : "read its log there");
}
