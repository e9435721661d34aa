using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// The directory on the new server and everything put there. A mark in it says who put it there, so that it can be taken away again, by this
/// run or a later one, and is taken away in no other case.
/// </summary>
/// <param name="survey">Of the new server; its path need not exist.</param>
/// <param name="owner">With the rights to make files of every owner; in a container, of an image that is there.</param>
/// <param name="project">What compose calls the containers there.</param>
public sealed class Arrival(IHost host, ServerSurvey survey, FileRoute owner, string project)
{
    /// <summary>Until the service has been accepted: below the deployment.</summary>
    public const string Mark = ".relayops/arrival";

    /// <summary>
    /// $1 directory, $2 its owner, $3 stamp, $4 where from. The mark's third line is the topmost directory that had to be made, or -. What
    /// is there without a mark is somebody else's.
    /// </summary>
    private const string MakeScript = """
        d=$1 top=-
        while [ ! -e "$d" ]; do top=$d; d=$(dirname "$d"); done
        mkdir -p "$1" && cd "$1" || exit 74
        if [ ! -e .relayops/arrival ]; then
          if [ -n "$(ls -A .)" ]; then echo 'it is not empty' >&2; exit 73; fi
          mkdir .relayops && chmod 711 .relayops && printf '%s\n%s\n%s\n' "$3" "$4" "$top" > .relayops/arrival || exit 74
        fi
        if [ "$top" != - ] && [ "$(stat -c %U .)" != "$2" ]; then chown -R "$2" "$top" || exit 74; fi
        """;

    private const string AcceptScript = """cd "$1" && rm -f .relayops/arrival && sync""";

    /// <summary>$1 directory, $2 project, $3 how many words docker is, docker. Trial containers are found by their directory as well.</summary>
    private const string TakeDownScript = """
        dir=$1 project=$2 words=$3
        shift 3
        docker=$*
        for d in "$dir" "$dir/.relayops/trial"; do
          ids=$($docker ps -aq --filter "label=com.docker.compose.project.working_dir=$d") || exit 70
          [ -z "$ids" ] || $docker rm -f -v $ids >/dev/null || exit 70
        done
        for p in "$project" "$project-relayops-trial"; do
          nets=$($docker network ls -q --filter "label=com.docker.compose.project=$p") || exit 70
          [ -z "$nets" ] || $docker network rm $nets >/dev/null || exit 70
        done
        nets=$($docker network ls -q --filter "label=relayops.fence=$dir") || exit 70
        [ -z "$nets" ] || $docker network rm $nets >/dev/null || exit 70
        """;

    /// <summary>$1 directory. All that the mark stands for, the mark itself last.</summary>
    private const string EmptyScript = """
        cd "$1" 2>/dev/null || exit 0
        [ -e .relayops/arrival ] || exit 0
        find . -mindepth 1 -maxdepth 1 ! -name .relayops -exec rm -rf {} + || exit 74
        find .relayops -mindepth 1 -maxdepth 1 ! -name arrival ! -name lock -exec rm -rf {} + || exit 74
        sed -n 3p .relayops/arrival
        rm -f .relayops/arrival
        """;

    /// <summary>$1 directory, $2 the topmost that was made (or -). What somebody else put there meanwhile stays.</summary>
    private const string UnmakeScript = """
        cd "$1" 2>/dev/null && rm -rf .relayops && cd / || exit 0
        [ "$2" != - ] || exit 0
        d=$1
        while rmdir "$d" 2>/dev/null; do
          [ "$d" != "$2" ] || break
          d=$(dirname "$d")
        done
        exit 0
        """;

    private const string MeasureScript = """du -sk "$1" 2>/dev/null | cut -f 1""";

    private string _top = "-";

    public IHost Host => host;

    public ServerSurvey Survey => survey;

    public string Path => survey.Path;

    public FileRoute Owner => owner;

    public string Project => project;

    public string TrialPath => $"{survey.Path}/.relayops/trial";

    public string TrialProject => $"{project}-relayops-trial";

    /// <summary>A way to write in the directory: the user's own where it is theirs.</summary>
    public FileRoute Writing { get; private set; } = FileRoute.Direct(survey.Path);

    public HostCommand MakeCommand(string stamp, string from) => HostCommand.ChangingScript(MakeScript, survey.Path, survey.User, stamp, from);

    public HostCommand AcceptCommand => owner.Run(HostCommand.ChangingScript(AcceptScript, survey.Path));

    public HostCommand TakeDownCommand => HostCommand.ChangingScript(TakeDownScript,
        [survey.Path, project, survey.Docker!.Words.Length.ToString(CultureInfo.InvariantCulture), .. survey.Docker.Words]);

    /// <summary>The directory, marked as ours to remove, so that it can be locked.</summary>
    public async Task MakeAsync(string stamp, string from, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(MakeCommand(stamp, from), cancellationToken);
        if (!result.Succeeded && survey.CanSudo)
        {
            result = await host.RunAsync(FileRoute.Sudo("/").Run(MakeCommand(stamp, from)), cancellationToken);
            Writing = FileRoute.Sudo(survey.Path);
        }

        Demand(result, $"cannot make {survey.Path}", $"let {survey.User} write there, or allow sudo without a password");
    }

    /// <summary>The deployment is the new server's own: nothing takes it away again.</summary>
    public async Task AcceptAsync(CancellationToken cancellationToken) =>
        Demand(await host.RunAsync(AcceptCommand, cancellationToken), $"cannot write in {survey.Path}", $"remove {survey.Path}/{Mark} by hand");

    /// <summary>Containers and networks; they are stopped once this has returned.</summary>
    public async Task TakeDownAsync(CancellationToken cancellationToken) =>
        Demand(await host.RunAsync(TakeDownCommand, cancellationToken), $"cannot take down what was started in {survey.Path}", $"run there: {TakeDownCommand}");

    /// <summary>Takes everything away that was put here, if the mark is there. The lock's directory goes last.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await TakeDownAsync(cancellationToken);
        var emptied = await host.RunAsync(owner.Run(HostCommand.ChangingScript(EmptyScript, survey.Path)), cancellationToken);
        Demand(emptied, $"cannot empty {survey.Path}", "remove what a migration left there by hand");
        if (emptied.Output.Trim() is { Length: > 0 } top)
            _top = top;
    }

    /// <summary>The directory itself, once the lock is nobody's any more.</summary>
    public async Task UnmakeAsync(CancellationToken cancellationToken)
    {
        var command = HostCommand.ChangingScript(UnmakeScript, survey.Path, _top);
        await host.RunAsync(survey.CanSudo ? FileRoute.Sudo("/").Run(command) : command, cancellationToken);
    }

    /// <summary>Bytes of Redis' directory; 0 where nobody can tell.</summary>
    public async Task<long> MeasureDatasetAsync(CancellationToken cancellationToken)
    {
        var said = await host.RunAsync(owner.Run(HostCommand.ReadingScript(MeasureScript, $"{survey.Path}/{RedisFinder.DataDirectory}")), cancellationToken);
        return long.TryParse(said.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : 0;
    }

    public async Task RunAsync(HostCommand command, string what, CancellationToken cancellationToken) =>
        Demand(await host.RunAsync(command, cancellationToken), what, "look at its disk and its docker");

    /// <summary>The containers that compose has made there, as an operation sees them.</summary>
    public Task<RestoreTarget> InspectAsync(IComposeParser compose, string path, CancellationToken cancellationToken) =>
        RestoreTarget.InspectAsync(host, compose, SilentReporter.Instance, path, cancellationToken);

    private void Demand(CommandResult result, string what, string next)
    {
        if (!result.Succeeded)
            throw new RelayOpsException($"{what} on {host.Name}", FirstLine.Of(result.Exit.Error), next);
    }
}
