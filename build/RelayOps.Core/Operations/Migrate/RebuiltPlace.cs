using System.Collections.Immutable;
using System.Text;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// The directory that is being rebuilt. <c>.relayops/arriving/state</c> is the first that is made in it and the last that is removed: as long
/// as it is there, nobody takes what lies beside it for a deployment.
/// </summary>
/// <param name="owner">With the rights to give a file to anybody.</param>
internal sealed class RebuiltPlace(IHost host, NewServer server, FileRoute owner, IReporter reporter, TimeProvider time)
{
    /// <summary>Files are being placed, and nothing but Redis was ever started: it can all go.</summary>
    public const string Placing = "placing";

    /// <summary>Everything is in place and proven; the service may have been started, and may have clients.</summary>
    public const string Starting = "starting";

    /// <summary>$1 directory, $2 user. Made through sudo it still becomes the user's.</summary>
    private const string MakeScript = """
        umask 022
        if [ ! -d "$1" ]; then mkdir -p "$1" && chown "$2" "$1" || exit 74; fi
        mkdir -p "$1/.relayops/arriving" || exit 74
        if [ "$(stat -c %U "$1/.relayops")" != "$2" ]; then chown -R "$2" "$1/.relayops" || exit 74; fi
        """;

    private const string StateScript = """
        cd "$1/.relayops/arriving" && cat > state.new && { sync state.new 2>/dev/null || sync; } && mv -f state.new state && { sync . 2>/dev/null || sync; }
        """;

    /// <summary>$1 directory, $2 staging, then the names at the top.</summary>
    private const string PlaceScript = """
        cd "$1" || exit 66
        from=$2
        shift 2
        for name do mv "$from/$name" "$name" || exit 74; done
        rm -rf "$from"
        sync
        """;

    private const string CreateScript = """
        cd "$1" || exit 66
        shift
        exec "$@" up --no-start --no-build </dev/null
        """;

    /// <summary>$1 directory, then docker's words. By label, since compose would need the very files that go.</summary>
    private const string DownScript = """
        directory=$1
        shift
        projects=$("$@" ps -a --filter "label=com.docker.compose.project.working_dir=$directory" --format '{{.Label "com.docker.compose.project"}}' | sort -u)
        ids=$("$@" ps -aq --filter "label=com.docker.compose.project.working_dir=$directory")
        if [ -n "$ids" ]; then "$@" rm -f $ids >/dev/null || exit 70; fi
        for project in $projects; do
          for network in $("$@" network ls -q --filter "label=com.docker.compose.project=$project"); do "$@" network rm "$network" >/dev/null 2>&1; done
        done
        exit 0
        """;

    /// <summary>What tells that it is ours to remove goes last, or stays. $1 directory, $2 whether it stays.</summary>
    private const string EmptyScript = """
        cd "$1" && [ -e .relayops/arriving ] || exit 66
        find . -mindepth 1 -maxdepth 1 ! -name .relayops -exec rm -rf {} + || exit 74
        find .relayops -mindepth 1 -maxdepth 1 ! -name arriving -exec rm -rf {} + || exit 74
        [ "$2" = yes ] || rm -rf .relayops
        """;

    /// <summary>A rollback of what was never here before would leave nothing: the restore inside leaves no history.</summary>
    private const string FinishScript = """
        cd "$1" || exit 66
        rm -rf .relayops/history .relayops/watch && rm -f .relayops/arriving/state
        rmdir ./*.bak.* 2>/dev/null
        sync
        """;

    private ServerSurvey Survey => server.Survey;

    private string Path => Survey.Path;

    private FileRoute Arriving => server.Writing with { Root = $"{Path}/.relayops/arriving" };

    private DockerCli Docker => Survey.Docker ?? new DockerCli(Survey.User != "root");

    /// <summary>A second rebuild of the same directory waits, or is told; the deployment's own lock belongs to the restore inside.</summary>
    public async Task<DeploymentLock> ClaimAsync(RebuildRequest request, CancellationToken cancellationToken)
    {
        await RunAsync(server.Writing.Run(MakeCommand), default, "make the directory", cancellationToken);
        return await DeploymentLock.AcquireAsync(host, Arriving, request.Owner, request.LockWait, time, reporter, cancellationToken);
    }

    public Task WriteStateAsync(string phase, string backup, CancellationToken cancellationToken) =>
        RunAsync(server.Writing.Run(StateCommand), Encoding.UTF8.GetBytes($"{phase} {backup}\n"), "note what is being done", cancellationToken);

    /// <summary><c>.env</c> and the compose files, then containers that do not run yet.</summary>
    /// <param name="changed">Files that are to be other ones here, with their mode and owner.</param>
    public async Task PlaceAsync(RestoreSource source, IReadOnlyList<(string Path, byte[] Content)> changed, CancellationToken cancellationToken)
    {
        var plan = ConfigPlan(source.Contents!);
        await new StagedFiles(host, Target(), reporter).BringAsync(source, plan, cancellationToken);
        await RunAsync(owner.Run(PlaceCommand(plan)), default, "place the configuration", cancellationToken);
        foreach (var (path, content) in changed)
            await RunAsync(FitCommand(path), content, "fit the configuration to this server", cancellationToken);
        using (reporter.Begin("creating the containers"))
            await RunAsync(CreateCommand, default, "create the containers", cancellationToken);
    }

    /// <summary>Containers, networks and files.</summary>
    /// <param name="claimed">The place is used again at once.</param>
    public async Task RemoveAsync(bool claimed, CancellationToken cancellationToken)
    {
        await Watchdog.DisarmAsync(host, Path, cancellationToken);
        await RunAsync(DownCommand, default, "remove the containers", cancellationToken);
        await RunAsync(owner.Run(HostCommand.ChangingScript(EmptyScript, Path, claimed ? "yes" : "no")), default, "remove what was placed", cancellationToken);
    }

    /// <summary>What is empty: the deployment's own directory only after everything in it was removed, and where it may be made again.</summary>
    public Task RemoveDirectoriesAsync(CancellationToken cancellationToken) =>
        host.RunAsync(server.Writing.Run(HostCommand.ChangingScript("""rmdir "$1/.relayops/arriving" "$1/.relayops" "$1" 2>/dev/null || rmdir "$1" 2>/dev/null || :""", Path)), cancellationToken);

    public Task FinishAsync(CancellationToken cancellationToken) =>
        RunAsync(owner.Run(FinishCommand), default, "finish", cancellationToken);

    /// <summary>What a dry run prints of it.</summary>
    /// <param name="changed">Files that are to be other ones here.</param>
    public IEnumerable<HostCommand> Steps(ArchiveContents backup, IEnumerable<string> changed)
    {
        var config = ConfigPlan(backup);
        return [server.Writing.Run(MakeCommand), server.Writing.Run(StateCommand), owner.Run(StagedFiles.UnpackCommand(Path, config.Staging)),
            owner.Run(PlaceCommand(config)), .. changed.Select(FitCommand), CreateCommand];
    }

    private HostCommand MakeCommand => HostCommand.ChangingScript(MakeScript, Path, Survey.User);

    private HostCommand StateCommand => HostCommand.ChangingScript(StateScript, Path);

    /// <summary>Mode and owner stay.</summary>
    private HostCommand FitCommand(string path) => owner.Run(HostCommand.ChangingScript("""cat > "$1" """, $"{Path}/{path}"));

    private HostCommand CreateCommand => HostCommand.ChangingScript(
        CreateScript, [Path, .. Docker.Words[..^1], .. (Survey.ComposeProgram ?? "docker compose").Split(' ')]);

    private HostCommand DownCommand => HostCommand.ChangingScript(DownScript, [Path, .. Docker.Words]);

    private HostCommand FinishCommand => HostCommand.ChangingScript(FinishScript, Path);

    private HostCommand PlaceCommand(RestorePlan plan) => HostCommand.ChangingScript(PlaceScript,
        [Path, plan.Staging, .. plan.Sent.Select(entry => entry.Path.Split('/')[0]).Distinct()]);

    private static RestorePlan ConfigPlan(ArchiveContents backup)
    {
        var sent = backup.Entries.Where(entry => ArchiveContents.PartOf(entry.Path) == DeploymentParts.Config).ToImmutableArray();
        return new RestorePlan
        {
            Stamp = "config",
            Items = [],
            Sent = sent,
            Stopped = [],
            HasRedis = false,
            Recreates = false,
            Converts = false,
            RequiredBytes = sent.Sum(entry => entry.Size),
            Notes = [],
            Warnings = [],
        };
    }

    /// <summary>An empty directory as a target.</summary>
    private RestoreTarget Target() => new()
    {
        Deployment = new InspectedDeployment
        {
            HostName = host.Name,
            Survey = Survey,
            Containers = [],
            Images = [],
            Files = [],
            Writing = server.Writing,
            Environment = DotEnv.Parse(""),
        },
        Owner = owner,
        Services = new ServiceControl(host, Survey, []),
        Files = new RedisFiles(null, false, "dump.rdb", "appendonlydir", "appendonly.aof"),
        MountPoints = [],
    };

    private async Task RunAsync(HostCommand command, ReadOnlyMemory<byte> input, string what, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(command, input, cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"cannot {what} in {Path} on {host.Name}", FirstLine.Of(result.Exit.Error), "look at that directory, docker and the disk there");
    }
}
