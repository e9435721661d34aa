using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What an earlier migration left on the old server, seen by one that can reach both.</summary>
/// <param name="target">The old server's, running or not.</param>
internal sealed class UnfinishedMove(IHost old, IHost @new, RestoreTarget target, JournalFile file, IComposeParser compose, IReporter reporter)
{
    /// <returns>Null where a migration is to be begun, since none was or the earlier one is undone.</returns>
    /// <exception cref="RelayOpsException">It can only be finished on the server that it was for, or it went back.</exception>
    public async Task<MoveOutcome?> FinishAsync(MoveRequest request, CancellationToken cancellationToken)
    {
        if (await file.FindAsync(cancellationToken) is not { MovedTo: { } place, Phase: RestorePhase.Accepted } journal)
        {
            if (await MoveBack.FindCutOffAsync(file, cancellationToken) is { MovedTo: { } former })
                throw new RelayOpsException($"an earlier Rollback of the migration to {former} was cut off", "whether the service runs here or there is for it to settle",
                    $"run Rollback on {old.Name} again, and then Migrate", ExitStatus.WrongUse);
            await new Recovery(old, target, file).RunAsync(reporter, cancellationToken);
            return null;
        }

        if (place.Server != @new.Name)
            throw new RelayOpsException($"an earlier Migrate has handed the service over to {place}, and did not live to see it healthy",
                "only there can it be seen whether it serves", $"run the same Migrate again (--new-server {place.Server}), or bring the service back with Rollback", ExitStatus.WrongUse);
        var survey = await ServerSurvey.TakeAsync(@new, place.Path, cancellationToken);
        var arrival = new Arrival(@new, survey, OwnerRoute.Get(survey, target.Deployment.Containers, @new.Name),
            NewPlaceCheck.ProjectOf(place.Path, request.NewProject ?? target.Deployment.Environment.Find("COMPOSE_PROJECT_NAME")));
        // What nobody can deny is taken for true: clients' data are nowhere else.
        var hasServed = true;
        try
        {
            using var phase = reporter.Begin($"finishing an earlier migration to {place}");
            var former = target.Deployment.Containers.Select(container => container with { IsRunning = journal.Ran(container) }).ToList();
            var arrived = await arrival.InspectAsync(compose, arrival.Path, cancellationToken);
            hasServed = arrived.Services.Apps.IsEmpty || arrived.Services.Apps.Any(app => app.HasRun);
            var limit = Acceptance.Patience(request.HealthTimeout, await arrival.MeasureDatasetAsync(cancellationToken));
            var service = new NewService(@new, arrived, former);
            await service.StartRedisAsync(limit, cancellationToken);
            await service.StartAsync(limit, cancellationToken);
        }
        catch (RelayOpsException exception) when (hasServed && exception.Status != ExitStatus.NoConnection)
        {
            throw new RelayOpsException($"an earlier Migrate has handed the service over to {place}, and it is not healthy there", exception.Message,
                $"clients may have written there since, so it is not taken back by itself: look at its log on {@new.Name} and run the same Migrate again, or give up "
                    + $"what was written there: run on {@new.Name} {arrival.TakeDownCommand}, and then Rollback on {old.Name}", ExitStatus.Stuck, exception);
        }
        catch (RelayOpsException exception) when (exception.Status != ExitStatus.NoConnection)
        {
            await GoBackAsync(arrival, journal, request, cancellationToken);
            throw new RelayOpsException($"an earlier Migrate to {place} could not be finished; the service is back on {old.Name}", exception.Message,
                "migrate again", ExitStatus.RolledBack, exception);
        }

        await MoveOperation.FinishAsync(arrival, file, journal, reporter, cancellationToken);
        reporter.Warn($"an earlier Migrate ({journal.Stamp}) was cut off after it had handed the service over: it is finished now");
        return new MoveOutcome { MovedTo = place };
    }

    private async Task GoBackAsync(Arrival arrival, RestoreJournal journal, MoveRequest request, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("going back to the old server");
        await arrival.TakeDownAsync(cancellationToken);
        var switching = journal with { Phase = RestorePhase.Switching };
        await file.WriteAsync(switching, cancellationToken);
        await new OldSide(old, target).BringBackAsync(switching, request.HealthTimeout, cancellationToken);
        await file.DropAsync(cancellationToken);
        await arrival.RemoveAsync(cancellationToken);
        await arrival.UnmakeAsync(cancellationToken);
    }
}
