using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Starts a service again on the server that it was moved away from, on the data that it had there.</summary>
internal sealed class MoveBack(IHost host, RestoreTarget target, JournalFile file, IReporter reporter, TimeProvider time)
{
    /// <summary>Where a migration is the newest that can be undone, or one was cut off behind its hand-over.</summary>
    public static async Task<RestoreJournal?> FindAsync(JournalFile file, CancellationToken cancellationToken)
    {
        if (await file.FindAsync(cancellationToken) is { MovedTo: not null, Phase: RestorePhase.Accepted } cutOff)
            return cutOff;
        var newest = (await file.ListHistoryAsync(cancellationToken)).FirstOrDefault(past => past.Undoes is null);
        return newest is { MovedTo: not null } ? newest : null;
    }

    /// <exception cref="RelayOpsException">It does not start; then it is stopped, as it was.</exception>
    public async Task<RestoreOutcome> RunAsync(RestoreRequest request, RestoreJournal moved, CancellationToken cancellationToken)
    {
        if (!await request.ConfirmAsync(Lines(moved), cancellationToken))
            throw new RelayOpsException("nothing was changed", "it was not confirmed", "answer yes, or pass --confirm yes", ExitStatus.WrongUse);
        var stamp = SafetyCopies.Stamp(time.GetUtcNow(), await file.ListHistoryAsync(cancellationToken));
        var journal = moved with { Operation = "Rollback", Stamp = stamp, Undoes = moved.Stamp, Phase = RestorePhase.Switching };
        await file.WriteAsync(journal, cancellationToken);
        using (reporter.Begin($"starting the service on {host.Name} again"))
            await new OldSide(host, target).BringBackAsync(journal, request.HealthTimeout, cancellationToken);
        await file.CloseAsync(journal, cancellationToken);
        reporter.Warn($"the service runs on {host.Name} again; the one in {moved.MovedTo} was not touched, and must not serve beside it");
        return new RestoreOutcome { Restored = moved.Stamp };
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
