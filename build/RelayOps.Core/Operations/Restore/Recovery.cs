using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Migrate;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Finishes or undoes what an earlier run left behind, by its journal. Needs the deployment's lock.</summary>
public sealed class Recovery(IHost host, RestoreTarget target, JournalFile file)
{
    private static readonly TimeSpan HealthPatience = TimeSpan.FromMinutes(5);

    /// <returns>True when something was found: then the deployment is to be looked at anew.</returns>
    public async Task<bool> RunAsync(IReporter reporter, CancellationToken cancellationToken)
    {
        if (await file.FindAsync(cancellationToken) is not { } journal)
            return false;
        if (journal is { MovedTo: { } place, Phase: RestorePhase.Accepted })
        {
            // Whether the other server serves can only be seen there: nothing is started here without a person saying so.
            reporter.Warn($"an earlier Migrate ({journal.Stamp}) has handed the service over to {place} and was cut off: the same Migrate finishes it, Rollback brings it back here");
            return false;
        }

        if (await MoveBack.FindCutOffAsync(file, cancellationToken) is { MovedTo: { } former })
        {
            reporter.Warn($"an earlier Rollback ({journal.Stamp}) of the migration to {former} was cut off: run Rollback again, once the service there is stopped");
            return false;
        }

        var staged = new StagedFiles(host, target, reporter);
        var undone = await Watchdog.DisarmAsync(host, target.Survey.Path, cancellationToken);
        if (journal.Phase == RestorePhase.Accepted || (journal.Phase == RestorePhase.Switched && !undone && await IsHealthyAsync(journal, cancellationToken)))
        {
            await FinishAsync(journal, reporter, cancellationToken);
            reporter.Warn($"an earlier {journal.Operation} ({journal.Stamp}) had succeeded and was cut off while it tidied up: that is finished now");
        }
        else
        {
            if (journal.Phase != RestorePhase.Staging && !undone)
                await GoBackAsync(journal, cancellationToken);
            if (await staged.RemoveAsync(journal.Staging, cancellationToken))
                await file.DropAsync(cancellationToken);
            reporter.Warn(journal.Phase == RestorePhase.Staging
                ? $"an earlier {journal.Operation} ({journal.Stamp}) broke off before it changed anything"
                    + (journal.MovedTo is { } there ? $"; the next Migrate to {there} removes what it had placed there" : ": what it had staged was removed")
                : $"an earlier {journal.Operation} ({journal.Stamp}) broke off: {(undone ? "the watchdog has brought" : "this run brought")} the former data back");
        }

        return true;
    }

    /// <summary>The data are where they belong: what is still missing is tidiness, and no reason to call the operation failed.</summary>
    public async Task FinishAsync(RestoreJournal journal, IReporter reporter, CancellationToken cancellationToken)
    {
        if (!await new StagedFiles(host, target, reporter).RemoveAsync(journal.Staging, cancellationToken))
            return;
        try
        {
            await file.CloseAsync(journal, cancellationToken);
        }
        catch (RelayOpsException exception) when (exception.Status != ExitStatus.NoConnection)
        {
            reporter.Warn($"{exception.What}: {exception.Why}; the next run will close it");
        }
    }

    /// <summary>Clients may have written since: a service that is well on its new data is not taken back.</summary>
    private async Task<bool> IsHealthyAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        if (target.App is not { IsRunning: true } app || target.Services.Docker is not { } docker || journal.Running.IsEmpty)
            return false;
        var result = await host.RunAsync(ServiceHealth.WaitCommand(docker, app.Id, TimeSpan.FromSeconds(5)), cancellationToken);
        return FirstLine.Of(result.Output) == "healthy";
    }

    /// <exception cref="RelayOpsException">A step failed, or the former service is not healthy.</exception>
    public async Task GoBackAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        foreach (var command in new WayBack(target, journal).Commands)
            await target.Services.RunAsync(command, "bring the former data back", cancellationToken);
        if (target.App is { } app && journal.Ran(app))
            await ServiceHealth.DemandAsync(host, target.Services.Docker!, app, HealthPatience, cancellationToken);
    }
}
