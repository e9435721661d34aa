using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Starts a service again on the server that it was moved away from, on the data that it had there.</summary>
internal sealed class MoveBack(IHost host, RestoreTarget target, JournalFile file, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan PutAwayPatience = TimeSpan.FromMinutes(5);

    /// <summary>Where a migration is the newest that can be undone, or one was cut off behind its hand-over, or a rollback of it.</summary>
    public static async Task<RestoreJournal?> FindAsync(JournalFile file, CancellationToken cancellationToken)
    {
        if (await file.FindAsync(cancellationToken) is { MovedTo: not null, Phase: RestorePhase.Accepted } cutOff)
            return cutOff;
        if (await FindCutOffAsync(file, cancellationToken) is { } rollback)
            return rollback;
        var newest = (await file.ListHistoryAsync(cancellationToken)).FirstOrDefault(past => past.Undoes is null);
        return newest is { MovedTo: not null } ? newest : null;
    }

    /// <summary>A rollback of a migration that did not live to its end: nobody knows which of the two services a person wants by now.</summary>
    public static async Task<RestoreJournal?> FindCutOffAsync(JournalFile file, CancellationToken cancellationToken) =>
        await file.FindAsync(cancellationToken) is { MovedTo: not null, Operation: "Rollback", Phase: RestorePhase.Switching } cutOff ? cutOff : null;

    /// <exception cref="RelayOpsException">It does not start; then it is stopped, as it was; <see cref="ExitStatus.Stuck"/> says otherwise.</exception>
    public async Task<RestoreOutcome> RunAsync(RestoreRequest request, RestoreJournal moved, CancellationToken cancellationToken)
    {
        if (!await request.ConfirmAsync(Lines(moved), cancellationToken))
            throw new RelayOpsException("nothing was changed", "it was not confirmed", "answer yes, or pass --confirm yes", ExitStatus.WrongUse);
        var history = await file.ListHistoryAsync(cancellationToken);
        // As the migration itself left it, where an earlier rollback of it was cut off.
        var original = moved.Undoes is { } undone ? moved with { Operation = "Migrate", Stamp = undone, Undoes = null, Phase = RestorePhase.Accepted } : moved;
        var journal = original with { Operation = "Rollback", Stamp = SafetyCopies.Stamp(time.GetUtcNow(), history), Undoes = original.Stamp, Phase = RestorePhase.Switching };
        await file.WriteAsync(journal, cancellationToken);
        try
        {
            using (reporter.Begin($"starting the service on {host.Name} again"))
                await new OldSide(host, target).BringBackAsync(journal, request.HealthTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is not RelayOpsException { Status: ExitStatus.NoConnection })
        {
            throw await PutAwayAsync(original, isClosed: history.Any(past => past.Stamp == original.Stamp), exception);
        }

        await file.CloseAsync(journal, cancellationToken);
        reporter.Warn($"the service runs on {host.Name} again; the one in {moved.MovedTo} was not touched, and must not serve beside it");
        return new RestoreOutcome { Restored = original.Stamp };
    }

    /// <summary>Left half started it would come up at the next reboot, beside the other one.</summary>
    /// <param name="isClosed">The migration is in the history; else its journal is the one that was there.</param>
    private async Task<Exception> PutAwayAsync(RestoreJournal moved, bool isClosed, Exception cause)
    {
        using var patience = new CancellationTokenSource(PutAwayPatience, time);
        var commands = new OldSide(host, target).PutAwayCommands(moved).ToList();
        try
        {
            using var phase = reporter.Begin("stopping it again");
            foreach (var command in commands)
                await target.Services.RunAsync(command, "stop the service again", patience.Token);
            await (isClosed ? file.DropAsync(patience.Token) : file.WriteAsync(moved, patience.Token));
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            return new RelayOpsException($"the service does not start on {host.Name}, and could not be stopped again", $"{cause.Message}; {exception.Message}",
                $"see that it does not serve beside the one in {moved.MovedTo}; these commands stop it:\n{string.Join('\n', commands.Select(command => $"on {host.Name}: {command}"))}",
                ExitStatus.Stuck, exception);
        }

        return cause is not RelayOpsException known ? cause : new RelayOpsException(
            $"the service does not start on {host.Name}; it is stopped again, as it was", $"{known.What}: {known.Why}",
            $"look at its log there, and run Rollback again; the one in {moved.MovedTo} was not touched", ExitStatus.Failed, known);
    }

    public RestoreOutcome Explain(RestoreJournal moved)
    {
        foreach (var line in Lines(moved).Concat(new WayBack(target, moved).Commands.Select(command => $"on {host.Name}: {command}")))
            reporter.Note(line);
        return new RestoreOutcome();
    }

    private List<string> Lines(RestoreJournal moved) =>
    [
        $"start the service of {target.Survey.Path} on {host.Name} again, with the data that it had at {moved.StartedAt:yyyy-MM-dd HH:mm} UTC",
        $"  it was moved to {moved.MovedTo}: stop it there first, or both serve; what clients have written there stays there",
    ];
}
