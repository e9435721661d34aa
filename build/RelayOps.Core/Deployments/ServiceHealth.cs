using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>Asks the service itself: its own <c>status</c> says healthy even without Redis, only <c>.components.redis.status</c> tells.</summary>
public static class ServiceHealth
{
    /// <summary>
    /// Inside the container, where the port is known and nothing stands in between: with whatever client the image has. $1 seconds, $2 words of
    /// docker, docker, container. A container that is restarted meanwhile ends the inner loop, not the outer one.
    /// </summary>
    private const string WaitScript = """
        limit=$(( $(date +%s) + $1 )) words=$2
        shift 2
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        said='nothing was asked'
        while :; do
          state=$($docker inspect -f '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$1" 2>&1)
          case $state in
            'running unhealthy') said="docker's own health check failed" ;;
            running*)
              said=$($docker exec -i "$1" sh -c '
                port=${PORT:-3000}
                end=$(( $(date +%s) + 3 ))
                while :; do
                  if command -v curl >/dev/null 2>&1; then body=$(curl -s "http://localhost:$port/health" 2>/dev/null)
                  elif command -v wget >/dev/null 2>&1; then
                    body=$(wget -q -O - "http://localhost:$port/health" 2>/dev/null) || body=$(wget -q -O - "http://127.0.0.1:$port/health" 2>/dev/null)
                  else body=$(node -e "fetch(process.argv[1]).then(r=>r.text()).then(console.log,()=>{})" "http://localhost:$port/health" 2>/dev/null)
                  fi
                  redis=$(printf %s "$body" | tr -d " \n" | sed -n "s/.*\"redis\":{\"status\":\"\([a-z]*\)\".*/\1/p")
                  if [ "$redis" = healthy ]; then echo healthy; exit 0; fi
                  [ "$(date +%s)" -lt "$end" ] || break
                  sleep 0.1
                done
                if [ -z "$body" ]; then echo "/health does not answer"; else echo "/health says that redis is ${redis:-absent}"; fi' </dev/null 2>&1 | tail -n 1)
              if [ "$said" = healthy ]; then echo healthy; exit 0; fi ;;
            *) said="its container is $state" ;;
          esac
          if [ "$(date +%s)" -ge "$limit" ]; then printf '%s\n' "$said"; exit 0; fi
          sleep 0.2
        done
        """;

    private const string UrlScript = """
        limit=$(( $(date +%s) + $1 ))
        while :; do
          if command -v curl >/dev/null 2>&1; then body=$(curl -sf -m 10 "$2" 2>/dev/null) && exit 0
          else body=$(wget -q -T 10 -O - "$2" 2>/dev/null) && exit 0
          fi
          [ "$(date +%s)" -lt "$limit" ] || exit 1
          sleep 0.5
        done
        """;

    public static HostCommand WaitCommand(DockerCli docker, string container, TimeSpan limit) => HostCommand.ReadingScript(WaitScript,
        [Seconds(limit), docker.Words.Length.ToString(CultureInfo.InvariantCulture), .. docker.Words, container]).Waiting(limit);

    /// <exception cref="RelayOpsException">It was not healthy in time.</exception>
    public static Task DemandAsync(IHost host, DockerCli docker, Container app, TimeSpan limit, CancellationToken cancellationToken) =>
        DemandAsync(host, WaitCommand(docker, app.Service is null ? app.Id : app.Name, limit), app, limit, cancellationToken);

    /// <summary>Behind <paramref name="start"/> in one round trip; where that breaks off, one after the other.</summary>
    /// <param name="start">May be repeated.</param>
    /// <exception cref="RelayOpsException">It did not start, or was not healthy in time.</exception>
    public static async Task StartAsync(
        ServiceControl services, IHost host, HostCommand start, Container app, TimeSpan limit, CancellationToken cancellationToken)
    {
        var wait = WaitCommand(services.Docker!, app.Service is null ? app.Id : app.Name, limit);
        if (await host.TryRunAsync(wait.After(start), default, cancellationToken) is { } result)
        {
            Demand(result, host, app, limit);
            return;
        }

        await services.RunAsync(start, "start the service", cancellationToken);
        await DemandAsync(host, wait, app, limit, cancellationToken);
    }

    private static async Task DemandAsync(IHost host, HostCommand wait, Container app, TimeSpan limit, CancellationToken cancellationToken) =>
        Demand(await host.RunAsync(wait, cancellationToken), host, app, limit);

    private static void Demand(CommandResult result, IHost host, Container app, TimeSpan limit)
    {
        var said = FirstLine.Of(result.Output);
        if (said != "healthy")
            throw new RelayOpsException($"'{app.Service ?? app.Name}' did not become healthy on {host.Name}", $"{said} after {limit.TotalSeconds:0} s",
                $"read its log there (docker logs {app.Name}); a large dataset may need a longer --health-timeout");
    }

    /// <summary>The address clients use, e.g. behind a proxy: asked from the server, since it may be closed to this machine.</summary>
    /// <exception cref="RelayOpsException">It gave no success in time.</exception>
    public static async Task DemandUrlAsync(IHost host, string url, TimeSpan limit, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(HostCommand.ReadingScript(UrlScript, Seconds(limit), url) with { Waits = limit }, cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"{url} does not answer", $"no success within {limit.TotalSeconds:0} s",
                "check the proxy in front of the service, or leave --health-url out");
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
