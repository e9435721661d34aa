using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Puts a verified backup, or parts of it, back: data come back whole, or nothing has changed.</summary>
public sealed class RestoreOperation(IHost host, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    /// <exception cref="RelayOpsException">Nothing was changed, or it was put back; <see cref="ExitStatus.Stuck"/> says otherwise.</exception>
    public async Task<RestoreOutcome> RunAsync(RestoreRequest request, RestoreSource source, CancellationToken cancellationToken)
    {
        var backup = await ArchiveContents.ReadAsync(source, reporter, cancellationToken);
        var target = await RestoreTarget.InspectAsync(host, compose, reporter, request.DeploymentPath, cancellationToken);
        if (request.DryRun)
            return await ExplainAsync(request, source, backup, target, cancellationToken);

        await using var held = await DeploymentLock.AcquireAsync(
            host, target.Deployment.Writing, request.Owner, request.LockWait, time, reporter, cancellationToken);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        var file = new JournalFile(host, target.Owner);
        if (await new Recovery(host, target, file).RunAsync(reporter, working.Token))
            target = await RestoreTarget.InspectAsync(host, compose, reporter, request.DeploymentPath, working.Token);
        else if (target.Survey.HasJournal)
            throw new RelayOpsException($"a migration of {target.Survey.Path} is not finished", "it has handed the service over and was cut off: whether the other server serves can only be seen there",
                "run the same Migrate again, or bring the service back here with Rollback", ExitStatus.WrongUse);
        var plan = RestorePlan.Make(request, source, backup, target, await StampAsync(file, working.Token));
        Tell(plan);
        await ImagesPresent.DemandAsync(host, compose, target, plan, backup, working.Token);
        var difference = request.ShowsDifference ? await new LiveDifference(host, target).FindAsync(plan, backup, working.Token) : [];
        await Confirmation.DemandAsync(request, [.. Confirmation.Of(request, source, backup, target, plan), .. difference], working.Token);
        return await ReplaceAsync(request, source, backup, target, plan, file, working.Token);
    }

    private async Task<RestoreOutcome> ReplaceAsync(
        RestoreRequest request, RestoreSource source, ArchiveContents backup, RestoreTarget target, RestorePlan plan, JournalFile file,
        CancellationToken cancellationToken)
    {
        var journal = Journal(source, target, plan);
        var acceptance = await StageAsync(request, source, backup, target, journal, plan, file, cancellationToken);
        var done = await new Switchover(host, target, file, reporter, time).RunAsync(journal, acceptance, cancellationToken);
        var safety = new SafetyCopies(host, target.Owner);
        await new Recovery(host, target, file).FinishAsync(journal, reporter, cancellationToken);
        await safety.LimitAsync(await file.ListHistoryAsync(cancellationToken), request.KeepSafetyCopies, reporter, cancellationToken);
        var kept = await safety.MeasureAsync(journal, cancellationToken);
        return new RestoreOutcome
        {
            Restored = source.Name,
            SafetyCopies = kept.Names,
            SafetyCopyBytes = kept.Bytes,
            Downtime = done.Downtime,
            Keys = done.Counts?.Keys,
            KeysBefore = plan.HasRedis ? target.Redis?.Keys : null,
        };
    }

    private async Task<Acceptance> StageAsync(
        RestoreRequest request, RestoreSource source, ArchiveContents backup, RestoreTarget target, RestoreJournal journal, RestorePlan plan,
        JournalFile file, CancellationToken cancellationToken)
    {
        var staged = new StagedFiles(host, target, reporter);
        try
        {
            await file.WriteAsync(journal, cancellationToken);
            await staged.BringAsync(source, plan, cancellationToken);
            var expected = plan.HasRedis
                ? await new StagedDataset(host, target, reporter).PrepareAsync(request, plan, backup, cancellationToken) : null;
            return new Acceptance
            {
                Expected = expected,
                DropSessions = request.DropSessions && plan.HasRedis,
                LeavesRedisRunning = request.LeavesRedisRunning,
                HealthTimeout = Acceptance.Patience(request.HealthTimeout, plan.DatasetBytes),
                WatchdogPatience = request.HealthTimeout,
                HealthUrl = request.HealthUrl,
            };
        }
        catch
        {
            await staged.AbandonAsync(journal, file, time);
            throw;
        }
    }

    /// <summary>Two operations within a second must not give their safety copies one name.</summary>
    private async Task<string> StampAsync(JournalFile file, CancellationToken cancellationToken) =>
        SafetyCopies.Stamp(time.GetUtcNow(), await file.ListHistoryAsync(cancellationToken));

    private RestoreJournal Journal(RestoreSource source, RestoreTarget target, RestorePlan plan) => new()
    {
        Operation = "Restore",
        Stamp = plan.Stamp,
        BackupId = source.Name,
        Phase = RestorePhase.Staging,
        StartedAt = time.GetUtcNow(),
        Items = plan.Items,
        Running = [.. Ordered(plan.Stopped).Select(container => container.Name)],
        Services = [.. Ordered(plan.Stopped).Select(container => container.Service).OfType<string>()],
        Project = target.Services.Project,
        Redis = plan.HasRedis || plan.Recreates,
        Native = plan.Native,
        Recreates = plan.Recreates,
    };

    private static IEnumerable<Container> Ordered(IEnumerable<Container> stopped) => stopped.OrderBy(container => !container.RunsRedis);

    private void Tell(RestorePlan plan)
    {
        foreach (var note in plan.Notes)
            reporter.Note(note);
        foreach (var warning in plan.Warnings)
            reporter.Warn(warning);
    }

    private async Task<RestoreOutcome> ExplainAsync(
        RestoreRequest request, RestoreSource source, ArchiveContents backup, RestoreTarget target, CancellationToken cancellationToken)
    {
        var plan = RestorePlan.Make(request, source, backup, target, BackupId.At(time.GetUtcNow()).ToString());
        Tell(plan);
        await ImagesPresent.DemandAsync(host, compose, target, plan, backup, cancellationToken);
        foreach (var step in RestoreSteps.Of(request, source, backup, target, plan, Journal(source, target, plan)))
            reporter.Note(step);
        return new RestoreOutcome();
    }
}
