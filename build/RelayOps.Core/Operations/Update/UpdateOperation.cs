using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Update;

/// <summary>
/// Brings the newest images and restarts on them. The new version works on a copy of the data, made when everything is stopped; the data
/// themselves are put aside with every write up to then. When it does not become healthy, both come back: image and data.
/// </summary>
/// <remarks>
/// The verified backup is not what comes back: it lacks what was written since. Redis is stopped for the copy even when its image stays: at 1 GB
/// a restart takes 22 s and a save 27 s, and only of a stopped one a copy is exact.
/// </remarks>
public sealed class UpdateOperation(IHost host, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    /// <exception cref="RelayOpsException">Nothing was changed, or it was put back; <see cref="ExitStatus.Stuck"/> says otherwise.</exception>
    public async Task<UpdateOutcome> RunAsync(UpdateRequest request, CancellationToken cancellationToken)
    {
        var target = await InspectAsync(request, cancellationToken);
        if (request.DryRun)
            return await ExplainAsync(request, target, cancellationToken);

        await using var held = await DeploymentLock.AcquireAsync(
            host, target.Deployment.Writing, request.Owner, request.LockWait, time, reporter, cancellationToken);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        var file = new JournalFile(host, target.Owner);
        if (!request.CheckOnly && await new Recovery(host, target, file).RunAsync(reporter, working.Token))
            target = await InspectAsync(request, working.Token);
        var images = await PullAsync(target, working.Token);
        var newer = Tell(target, images);
        if (newer.IsEmpty || request.CheckOnly)
            return new UpdateOutcome { Newer = newer };
        return await ReplaceAsync(request, target, images, newer, file, working.Token);
    }

    private async Task<UpdateOutcome> ReplaceAsync(
        UpdateRequest request, RestoreTarget target, ImmutableArray<ExchangedImage> images, ImmutableArray<UpdatedImage> newer, JournalFile file,
        CancellationToken cancellationToken)
    {
        var (names, bytes) = await UpdateChecks.DemandAsync(host, target, cancellationToken);
        var journal = Journal(target, names, images, SafetyCopies.Stamp(time.GetUtcNow(), await file.ListHistoryAsync(cancellationToken)));
        var done = await new Switchover(host, target, file, reporter, time).RunAsync(journal, Acceptance(request, bytes), cancellationToken);
        await new Recovery(host, target, file).FinishAsync(journal, reporter, cancellationToken);
        var kept = await TidyAsync(request, target, journal, file, cancellationToken);
        return new UpdateOutcome
        {
            Newer = newer,
            IsDone = true,
            Downtime = done.Downtime,
            Keys = done.Counts?.Keys,
            SafetyCopies = kept.Names,
            SafetyCopyBytes = kept.Bytes,
        };
    }

    /// <summary>Only now, since a version that failed would have needed what goes here.</summary>
    private async Task<(IReadOnlyList<string> Names, long Bytes)> TidyAsync(
        UpdateRequest request, RestoreTarget target, RestoreJournal journal, JournalFile file, CancellationToken cancellationToken)
    {
        var safety = new SafetyCopies(host, target.Owner);
        await safety.LimitAsync(await file.ListHistoryAsync(cancellationToken), request.KeepSafetyCopies, reporter, cancellationToken);
        var needed = (await file.ListHistoryAsync(cancellationToken)).Select(past => past.Stamp).ToHashSet();
        await new KeptImages(host, target.Services.Docker!, target.Deployment.Server.Id).PruneAsync(needed, reporter, cancellationToken);
        return await safety.MeasureAsync(journal, cancellationToken);
    }

    private async Task<RestoreTarget> InspectAsync(UpdateRequest request, CancellationToken cancellationToken) =>
        await RestoreTarget.InspectAsync(host, compose, reporter, request.DeploymentPath, cancellationToken);

    /// <returns>Containers whose image is another one in the registry.</returns>
    private async Task<ImmutableArray<ExchangedImage>> PullAsync(RestoreTarget target, CancellationToken cancellationToken)
    {
        var running = await UpdatableImages.ListAsync(host, compose, target, reporter, cancellationToken);
        using var phase = reporter.Begin("pulling images");
        var pulled = await Pull(target).RunAsync(Wanted(running), cancellationToken);
        foreach (var image in pulled.Values.Where(image => running.Any(one => one.Name == image.Name && one.Container.ImageId != image.Id)))
            reporter.Note($"{image.Name}: the registry has a newer image, {image.Digest ?? image.Id}"
                + (image.CreatedAt is { } created ? $" of {created.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : ""));
        return [.. running.Where(one => pulled[one.Name].Id != one.Container.ImageId)
            .Select(one => new ExchangedImage(one.Container.Service!, one.Container.Name, one.Name, one.Container.ImageId, pulled[one.Name].Id))];
    }

    private ImagePull Pull(RestoreTarget target) => new(host, target.Services.Docker!, target.Deployment.Server.Id);

    private static IEnumerable<(string Service, string Name)> Wanted(ImmutableArray<(Container Container, string Name)> running) =>
        running.GroupBy(one => one.Name).Select(same => (same.First().Container.Service!, same.Key));

    private ImmutableArray<UpdatedImage> Tell(RestoreTarget target, ImmutableArray<ExchangedImage> images)
    {
        if (images.IsEmpty)
            reporter.Note($"nothing is new for {target.Survey.Path} on {host.Name}: its services run what the registry has");
        return [.. images.Select(image => new UpdatedImage(image.Service, image.Name, image.Former, image.Next))];
    }

    private RestoreJournal Journal(RestoreTarget target, IReadOnlyList<string> names, ImmutableArray<ExchangedImage> images, string stamp)
    {
        var running = target.Services.Redis.Concat(target.Services.Apps).Where(container => container.IsRunning).ToList();
        return new RestoreJournal
        {
            Operation = "Update",
            Stamp = stamp,
            Phase = RestorePhase.Staging,
            StartedAt = time.GetUtcNow(),
            Items = Exchange.InOrder(names.Select(name => new ExchangedItem(name, $".relayops/staging-{stamp}/{name}", $"{name}.bak.{stamp}"))),
            Running = [.. running.Select(container => container.Name)],
            Services = [.. running.Select(container => container.Service).OfType<string>()],
            Project = target.Services.Project,
            Redis = true,
            Copies = true,
            Images = images,
        };
    }

    private static Acceptance Acceptance(UpdateRequest request, long bytes) => new()
    {
        DropSessions = request.DropSessions,
        HealthTimeout = Restore.Acceptance.Patience(request.HealthTimeout, bytes),
        WatchdogPatience = request.HealthTimeout,
        HealthUrl = request.HealthUrl,
    };

    /// <summary>Nobody knows what is new before it was pulled: every image is taken for new.</summary>
    private async Task<UpdateOutcome> ExplainAsync(UpdateRequest request, RestoreTarget target, CancellationToken cancellationToken)
    {
        var running = await UpdatableImages.ListAsync(host, compose, target, reporter, cancellationToken);
        var (names, _) = await UpdateChecks.DemandAsync(host, target, cancellationToken);
        ImmutableArray<ExchangedImage> images =
            [.. running.Select(one => new ExchangedImage(one.Container.Service!, one.Container.Name, one.Name, one.Container.ImageId, "<pulled>"))];
        var journal = Journal(target, names, images, SafetyCopies.Stamp(time.GetUtcNow(), []));
        foreach (var step in UpdateSteps.Of(request, target, journal, Pull(target).Command(Wanted(running))))
            reporter.Note(step);
        return new UpdateOutcome();
    }
}
