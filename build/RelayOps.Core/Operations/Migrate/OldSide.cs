using System.Text;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What a migration does to the old server besides reading from it, each as one command.</summary>
internal sealed class OldSide(IHost host, RestoreTarget target)
{
    /// <summary>
    /// The service is handed over: from here on nobody brings it back on this server but a person or a run that has first made sure that the
    /// other one is down. The watchdog acts only after it has made the directory <c>undoing</c>, so whoever makes it first excludes the other.
    /// Prints <c>undone</c> where the watchdog was faster. $1 directory, $2 the note's name, $3 the note; the journal by standard input.
    /// </summary>
    private const string HandOverScript = """
        cd "$1" || exit 66
        cat > .relayops/journal.new && { sync .relayops/journal.new 2>/dev/null || sync; } || exit 74
        printf '%s' "$3" > "$2.new" && chmod 644 "$2.new" || exit 74
        if ! mkdir .relayops/watch/undoing 2>/dev/null; then rm -f .relayops/journal.new "$2.new"; echo undone; exit 0; fi
        mv -f .relayops/journal.new .relayops/journal.json && mv -f "$2.new" "$2" || exit 74
        : > .relayops/watch/disarmed
        sync . .relayops 2>/dev/null || sync
        """;

    public HostCommand StopServiceCommand => target.Services.StopCommand(null, target.Deployment.Containers.Where(container => container is { IsRunning: true, RunsRedis: false }));

    public HostCommand StopRedisCommand => target.Services.StopCommand(null, target.Services.Redis.Where(container => container.IsRunning));

    public HostCommand HandOverCommand(RestoreJournal journal) =>
        target.Owner.Run(HostCommand.ChangingScript(HandOverScript, target.Survey.Path, ServerSurvey.MoveNote, Note(journal)));

    /// <summary>Stopped containers whose policy is <c>always</c> come back when the server is rebooted: then there would be two services.</summary>
    public async Task StopServiceAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        var stop = journal.ComingBack.IsEmpty ? StopServiceCommand : StopServiceCommand.After(target.Services.RestartPolicyCommand("no", journal.ComingBack));
        await target.Services.RunAsync(stop, "stop the service", cancellationToken);
    }

    /// <summary>False where the watchdog has brought the service back before.</summary>
    /// <exception cref="RelayOpsException">It was not written, or nobody knows whether it was.</exception>
    public async Task<bool> HandOverAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(HandOverCommand(journal), Encoding.UTF8.GetBytes(journal.ToText() + "\n"), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"cannot write the journal in {target.Survey.Path}/.relayops on {host.Name}", FirstLine.Of(result.Exit.Error), "free disk space there");
        return result.Output.Trim() != "undone";
    }

    /// <summary>Starts what ran, and demands that it is healthy. The new server's must be down before.</summary>
    /// <exception cref="RelayOpsException">It does not come back.</exception>
    public async Task BringBackAsync(RestoreJournal journal, TimeSpan healthTimeout, CancellationToken cancellationToken)
    {
        foreach (var command in new WayBack(target, journal).Commands)
            await target.Services.RunAsync(command, "start the service again", cancellationToken);
        if (target.App is { } app && journal.Ran(app))
            await ServiceHealth.DemandAsync(host, target.Services.Docker!, app, healthTimeout, cancellationToken);
    }

    /// <summary>$1 directory, $2 the note's name, $3 the note.</summary>
    private const string NoteScript = """cd "$1" && printf '%s' "$3" > "$2.new" && chmod 644 "$2.new" && mv -f "$2.new" "$2" """;

    /// <summary>As it was after a migration: stopped, not to come back by itself, with the note.</summary>
    public IEnumerable<HostCommand> PutAwayCommands(RestoreJournal moved)
    {
        if (!moved.ComingBack.IsEmpty)
            yield return target.Services.RestartPolicyCommand("no", moved.ComingBack);
        yield return target.Services.StopCommand(null, target.Deployment.Containers.Where(moved.Ran));
        yield return target.Owner.Run(HostCommand.ChangingScript(NoteScript, target.Survey.Path, ServerSurvey.MoveNote, Note(moved)));
    }

    public static RestoreJournal Journal(OldServer source, string stamp, NewPlace place, DateTimeOffset now)
    {
        var running = source.Running.ToList();
        return new RestoreJournal
        {
            Operation = "Migrate",
            Stamp = stamp,
            Phase = RestorePhase.Staging,
            StartedAt = now,
            Items = [],
            Running = [.. running.Select(container => container.Name)],
            Services = [.. running.Select(container => container.Service).OfType<string>()],
            Project = source.Target.Services.Project,
            Redis = true,
            MovedTo = place,
            ComingBack = [.. running.Where(container => container.ComesBackByItself).Select(container => container.Name)],
        };
    }

    private string Note(RestoreJournal journal) => $"""
        {journal.MovedTo}, since {journal.StartedAt:yyyy-MM-dd HH:mm} UTC

        The service of this directory was moved there by RelayOps. Everything here was left as it was, and is stopped.
        Do not start it by hand: two services would serve at once, and what clients write would be divided between them.

        To bring it back here, stop the other one first, and then run:
          ./build.sh Rollback --server {host.Name} --deployment-path '{target.Survey.Path}'

        """;
}
