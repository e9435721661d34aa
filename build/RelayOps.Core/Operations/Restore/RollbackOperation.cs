using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Migrate;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Undoes the newest restore or update from its safety copy, with the same care; asked again, the one before.</summary>
public sealed class RollbackOperation(IHost host, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    /// <returns>Of a deployment with nothing to undo: an outcome that names nothing.</returns>
    /// <exception cref="RelayOpsException">Nothing was changed, or it was put back; <see cref="ExitStatus.Stuck"/> says otherwise.</exception>
    public async Task<RestoreOutcome> RunAsync(RestoreRequest request, CancellationToken cancellationToken)
    {
        var target = await RestoreTarget.InspectAsync(host, compose, reporter, request.DeploymentPath, cancellationToken);
        var file = new JournalFile(host, target.Owner);
        if (request.DryRun)
            return await ExplainAsync(request, target, file, cancellationToken);

        await using var held = await DeploymentLock.AcquireAsync(
            host, target.Deployment.Writing, request.Owner, request.LockWait, time, reporter, cancellationToken);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        if (await new Recovery(host, target, file).RunAsync(reporter, working.Token))
            target = await RestoreTarget.InspectAsync(host, compose, reporter, request.DeploymentPath, working.Token);
        if (await MoveBack.FindAsync(file, working.Token) is { } moved)
            return await new MoveBack(host, target, file, reporter, time).RunAsync(request, moved, working.Token);
        if (await FindAsync(target, file, working.Token) is not { } journal)
            return NothingToUndo();
        await Confirmation.DemandAsync(request, Confirmation.Of(target, journal), working.Token);
        return await UndoAsync(request, target, file, journal, working.Token);
    }

    private async Task<RestoreOutcome> UndoAsync(
        RestoreRequest request, RestoreTarget target, JournalFile file, RestoreJournal journal, CancellationToken cancellationToken)
    {
        var acceptance = new Acceptance
        {
            HealthTimeout = request.HealthTimeout,
            WatchdogPatience = request.HealthTimeout,
            HealthUrl = request.HealthUrl,
            DropSessions = request.DropSessions && journal.Redis,
        };
        var done = await new Switchover(host, target, file, reporter, time).RunAsync(journal, acceptance, cancellationToken);
        await new Recovery(host, target, file).FinishAsync(journal, reporter, cancellationToken);
        var safety = new SafetyCopies(host, target.Owner);
        await safety.LimitAsync(await file.ListHistoryAsync(cancellationToken), request.KeepSafetyCopies, reporter, cancellationToken);
        var kept = await safety.MeasureAsync(journal, cancellationToken);
        return new RestoreOutcome
        {
            Restored = journal.Undoes,
            SafetyCopies = kept.Names,
            SafetyCopyBytes = kept.Bytes,
            Downtime = done.Downtime,
            Keys = done.Counts?.Keys,
            KeysBefore = journal.Redis ? target.Redis?.Keys : null,
        };
    }

    private async Task<RestoreJournal?> FindAsync(RestoreTarget target, JournalFile file, CancellationToken cancellationToken)
    {
        var history = await file.ListHistoryAsync(cancellationToken);
        if (history.FirstOrDefault(past => past.Undoes is null) is not { } newest)
            return null;
        var (there, _) = await new SafetyCopies(host, target.Owner).MeasureAsync(newest, cancellationToken);
        if (there.Count == 0)
            throw new RelayOpsException($"the safety copy of {newest.Stamp} is gone", $"none of {string.Join(", ", newest.Items.Select(item => item.Aside))} is there",
                "restore a backup instead (List, then Restore --backup-id)");
        var stamp = SafetyCopies.Stamp(time.GetUtcNow(), history);
        var images = FormerImages(target, newest);
        await DemandImagesAsync(target, images, cancellationToken);
        var items = newest.Items.Select(item => new ExchangedItem(item.Name, there.Contains(item.Aside) ? item.Aside : null, $"{item.Name}.bak.{stamp}"));
        var redis = newest.Items.Any(item => item.Name == RedisFinder.DataDirectory);
        if (redis && target.NativeRefusal is { } refusal)
            throw refusal;
        var recreates = newest.Recreates;
        var running = target.Services.Redis.Where(_ => redis || recreates).Concat(target.Services.Apps).Where(container => container.IsRunning).ToList();
        return new RestoreJournal
        {
            Operation = "Rollback",
            Stamp = stamp,
            Phase = RestorePhase.Staging,
            StartedAt = time.GetUtcNow(),
            Items = Exchange.InOrder(items),
            Running = [.. running.Select(container => container.Name)],
            Services = [.. running.Select(container => container.Service).OfType<string>()],
            Project = target.Services.Project,
            Redis = redis || recreates,
            Native = redis ? target.Native : null,
            Recreates = recreates,
            Images = images,
            Undoes = newest.Stamp,
        };
    }

    private static ImmutableArray<ExchangedImage> FormerImages(RestoreTarget target, RestoreJournal newest) =>
    [
        .. from past in newest.Images
           let now = target.Deployment.Containers.FirstOrDefault(container => container.Name == past.Container || container.Service == past.Service)
           where now is not null && now.ImageId != past.Former
           select new ExchangedImage(past.Service, now.Name, past.Name, now.ImageId, past.Former),
    ];

    /// <summary>The data of before an update are of little use to the version after it.</summary>
    private async Task DemandImagesAsync(RestoreTarget target, ImmutableArray<ExchangedImage> images, CancellationToken cancellationToken)
    {
        if (images.IsEmpty)
            return;
        var result = await host.RunAsync(target.Services.Docker!.InspectImages([.. images.Select(image => image.Next)]), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"an image of before the update is gone from {host.Name}", FirstLine.Of(result.Exit.Error),
                "name that version in the compose file and start it, then restore the backup that was made before the update");
    }

    private async Task<RestoreOutcome> ExplainAsync(
        RestoreRequest request, RestoreTarget target, JournalFile file, CancellationToken cancellationToken)
    {
        if (await MoveBack.FindAsync(file, cancellationToken) is { } moved)
            return new MoveBack(host, target, file, reporter, time).Explain(moved);
        if (await FindAsync(target, file, cancellationToken) is not { } journal)
            return NothingToUndo();
        foreach (var step in Confirmation.Of(target, journal).Concat(RestoreSteps.OfSwitchover(request.HealthTimeout, target, journal)))
            reporter.Note(step);
        return new RestoreOutcome();
    }

    private RestoreOutcome NothingToUndo()
    {
        reporter.Note("there is nothing to undo: no restore or update of this deployment has a safety copy");
        return new RestoreOutcome();
    }
}
