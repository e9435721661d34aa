using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>The containers of a deployment, stopped and started: found by mount and label, whatever compose calls the project.</summary>
public sealed class ServiceControl(IHost host, ServerSurvey survey, IReadOnlyList<Container> containers)
{
    /// <summary>Redis saves before it ends: a shorter patience kills it in the middle.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(10);

    /// <summary>An app has nothing to save; a broken version may not even hear that it is to stop.</summary>
    private static readonly TimeSpan AppStopPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>stop</c>, not <c>down</c>: a foreign container on the network makes that fail. $1 seconds for redis, $2 for others, $3 a directory whose
    /// compose containers stop too (or -), $4 how many words docker is, docker, then the ids. What runs no more needs no stopping.
    /// </summary>
    private const string StopScript = """
        limit=$1 others=$2 directory=$3 words=$4
        shift 4
        docker=
        while [ "$words" -gt 0 ]; do docker="$docker $1"; shift; words=$((words - 1)); done
        if [ "$directory" != - ]; then set -- "$@" $($docker ps -q --filter "label=com.docker.compose.project.working_dir=$directory"); fi
        for id do
          said=$($docker inspect -f '{{.State.Running}}{{.State.Restarting}} {{.Path}} {{.Args}}' "$id" 2>/dev/null) || continue
          case $said in
            falsefalse*) continue ;;
            *redis-server*|*valkey-server*) patience=$limit ;;
            *) patience=$others ;;
          esac
          $docker stop -t "$patience" "$id" >/dev/null || exit 70
        done
        """;

    /// <summary>What compose calls the containers together, which is not always what it would call them now.</summary>
    public string? Project { get; } = containers.Select(container => container.ComposeProject).FirstOrDefault(name => name is not null);

    public ImmutableArray<Container> Redis { get; } = [.. containers.Where(container => container.RunsRedis)];

    public ImmutableArray<Container> Apps { get; } = [.. containers.Where(container => !container.RunsRedis)];

    /// <summary>The same through another host.</summary>
    public ServiceControl On(IHost other) => new(other, survey, containers);

    /// <summary>Null where docker is not there: then there are no containers either.</summary>
    public DockerCli? Docker => survey.Docker;

    /// <summary>Stops the apps first, so that none meets a Redis that is gone.</summary>
    /// <param name="directory">Where compose may have made others meanwhile; null where it has not.</param>
    public HostCommand StopCommand(string? directory, IEnumerable<Container> stopped)
    {
        var words = Docker!.Words;
        var ids = stopped.OrderBy(container => container.RunsRedis).Select(container => container.Id).ToList();
        return HostCommand.ChangingScript(StopScript,
            [Seconds(StopPatience), Seconds(AppStopPatience), directory ?? "-", words.Length.ToString(CultureInfo.InvariantCulture), .. words,
             .. ids]).Waiting(StopPatience * Math.Max(1, ids.Count));
    }

    public HostCommand StartCommand(params IEnumerable<string> ids) => Docker!.Changing(["start", .. ids]);

    /// <summary>Compose makes anew what gets other files or another image; the rest is started as it is. One round trip; may be repeated.</summary>
    /// <param name="started">At least one.</param>
    public HostCommand StartCommand(RestoreJournal journal, params IReadOnlyCollection<Container> started)
    {
        var anew = started.Where(journal.Replaces).Select(container => container.Service).OfType<string>().Distinct().ToList();
        var same = started.Where(container => !journal.Replaces(container)).Select(container => container.Id).ToList();
        return anew.Count == 0 ? StartCommand(same)
            : same.Count == 0 ? UpCommand(journal.Project, anew)
            : StartCommand(same).After(UpCommand(journal.Project, anew));
    }

    /// <summary>Makes containers anew where what compose reads has changed. Version 1 cannot replace a container of a newer docker: it removes it first.</summary>
    /// <param name="project">Null leaves it to compose.</param>
    public HostCommand UpCommand(string? project, params IEnumerable<string> services)
    {
        string[] names = [.. services];
        return HostCommand.ChangingScript(UpScript, [survey.Path, Count(names), .. names, .. Compose(project)]);
    }

    /// <summary>Makes the containers and networks without starting anything.</summary>
    /// <param name="project">Null leaves it to compose.</param>
    public HostCommand CreateCommand(string? project, params IEnumerable<string> services)
    {
        string[] names = [.. services];
        return HostCommand.ChangingScript("""cd "$1" || exit 66; shift; exec "$@" </dev/null""",
            [survey.Path, .. Compose(project), "up", "--no-start", "--no-build", "--no-deps", .. names]);
    }

    /// <summary>Of containers that exist: docker keeps it beside what compose says.</summary>
    public HostCommand RestartPolicyCommand(string policy, IEnumerable<string> names) => Docker!.Changing(["update", $"--restart={policy}", .. names]);

    /// <summary>The compose file with its variables filled in and its overrides merged. Holds secrets: never shown.</summary>
    public HostCommand ConfigurationCommand() => HostCommand.ReadingScript(
        """cd "$1" || exit 66; shift; exec "$@" config </dev/null""", [survey.Path, .. Compose(Project)]);

    private string[] Compose(string? project) => [.. Docker!.Words[..^1], .. (survey.ComposeProgram ?? "docker compose").Split(' '),
        .. project is null ? Array.Empty<string>() : ["-p", project]];

    /// <summary>$1 directory, $2 number of services, the services, then compose's own words.</summary>
    private const string UpScript = """
        cd "$1" || exit 66
        count=$2
        shift 2
        services=
        while [ "$count" -gt 0 ]; do services="$services $1"; shift; count=$((count - 1)); done
        "$@" up -d --no-build --no-deps $services </dev/null && exit
        "$@" rm -s -f $services </dev/null && exec "$@" up -d --no-build --no-deps $services </dev/null
        """;

    /// <exception cref="RelayOpsException">docker refused.</exception>
    public async Task RunAsync(HostCommand command, string what, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(command, cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"cannot {what} on {host.Name}", FirstLine.Of(result.Exit.Error), $"run there: {command}");
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static string Count(string[] words) => words.Length.ToString(CultureInfo.InvariantCulture);
}
