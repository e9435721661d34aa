using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Rebuilds a lost server from a verified backup on an empty machine: a whole deployment that serves, or nothing.</summary>
/// <param name="sources">Machines that may have an image which no registry hands out.</param>
public sealed class RebuildOperation(
    IHost host, IReadOnlyList<ImageSource> sources, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan UndoPatience = TimeSpan.FromMinutes(5);

    /// <exception cref="RelayOpsException">What was placed is removed again, or the message says what is left.</exception>
    public async Task<RestoreOutcome> RunAsync(RebuildRequest request, RestoreSource archive, CancellationToken cancellationToken)
    {
        var plan = RebuildPlan.Make(request, archive, await ArchiveContents.ReadAsync(archive, reporter, cancellationToken), compose);
        var server = await new NewServerCheck(host, reporter, time).RunAsync(plan.Needs(request), cancellationToken);
        var source = plan.For(server, archive);
        DemandSame(server, source);
        var docker = server.Survey.Docker ?? new DockerCli(server.Survey.User != "root");
        var transfer = new ImageTransfer(host, docker, sources, reporter);
        if (request.DryRun)
            return await ExplainAsync(plan, server, source, transfer, cancellationToken);

        if (!await request.ConfirmAsync(Confirmation(plan, server, source), cancellationToken))
            throw new RelayOpsException("nothing was changed", "it was not confirmed", "answer yes, or pass --confirm yes", ExitStatus.WrongUse);
        var images = await transfer.BringAsync(plan.Images, cancellationToken);
        var place = Place(server, images);
        var outcome = await RebuildAsync(request, plan, server, source, place, transfer, images, cancellationToken);
        await place.RemoveDirectoriesAsync(cancellationToken);
        await PublicAddress.AskAsync(host, request.HealthUrl, reporter, cancellationToken);
        foreach (var line in RebuildAfterwards.Lines(host.Name, plan, server, request.HealthUrl))
            reporter.Note(line);
        return outcome with { Restored = source.Name };
    }

    private async Task<RestoreOutcome> RebuildAsync(
        RebuildRequest request, RebuildPlan plan, NewServer server, RestoreSource source, RebuiltPlace place, ImageTransfer transfer,
        ImmutableArray<BroughtImage> images, CancellationToken cancellationToken)
    {
        // From then on it may have clients, whose data are in no backup.
        var serves = IsPlaced(server);
        try
        {
            await using var held = await place.ClaimAsync(request, cancellationToken);
            using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
            var outcome = IsPlaced(server) ? new RestoreOutcome() : await PlaceAsync(request, plan, server, source, place, working.Token);
            await StartAsync(request, plan, server, working.Token);
            serves = true;
            await place.FinishAsync(working.Token);
            return outcome;
        }
        catch (Exception exception) when (exception is not RelayOpsException { Status: ExitStatus.Locked })
        {
            throw serves ? Unfinished(exception) : await UndoneAsync(exception, place, transfer, images);
        }
    }

    private async Task<RestoreOutcome> PlaceAsync(
        RebuildRequest request, RebuildPlan plan, NewServer server, RestoreSource source, RebuiltPlace place, CancellationToken cancellationToken)
    {
        if (server.HalfPlaced is not null)
        {
            await place.RemoveAsync(claimed: true, cancellationToken);
            reporter.Warn("an earlier rebuild broke off before the service was started: what it had placed was removed, and this run begins anew");
        }

        await place.WriteStateAsync(RebuiltPlace.Placing, source.Name, cancellationToken);
        await place.PlaceAsync(source, [.. plan.ChangedTexts(server.Survey.Path)], cancellationToken);
        // What is stopped stays stopped, but for Redis, whose keys are counted.
        var outcome = await new RestoreOperation(host, compose, reporter, time).RunAsync(RestoreRequest(request, server), source, cancellationToken);
        await place.WriteStateAsync(RebuiltPlace.Starting, source.Name, cancellationToken);
        return outcome;
    }

    /// <summary>Redis first: a service that does not find it ends, and waits ever longer before it tries again.</summary>
    private async Task StartAsync(RebuildRequest request, RebuildPlan plan, NewServer server, CancellationToken cancellationToken)
    {
        var limit = request.HealthTimeout + TimeSpan.FromSeconds(plan.DatasetBytes / (1 << 20) * 0.5);
        var target = await RestoreTarget.InspectAsync(host, compose, reporter, server.Survey.Path, cancellationToken);
        var services = target.Services;
        using (reporter.Begin("starting redis"))
        {
            await services.RunAsync(services.StartCommand(services.Redis.Select(container => container.Id)), "start redis", cancellationToken);
            await new LoadedRedis(host, target, time).GetReadyAsync(recreated: false, limit, cancellationToken);
        }

        using (reporter.Begin("starting the service"))
            await services.RunAsync(services.StartCommand(services.Apps.Select(container => container.Id)), "start the service", cancellationToken);
        if (target.App is { } app)
            using (reporter.Begin("waiting until the service is healthy"))
                await ServiceHealth.DemandAsync(host, services.Docker!, app, limit, cancellationToken);
    }

    private async Task<Exception> UndoneAsync(
        Exception cause, RebuiltPlace place, ImageTransfer transfer, ImmutableArray<BroughtImage> images)
    {
        using var patience = new CancellationTokenSource(UndoPatience, time);
        try
        {
            using var phase = reporter.Begin("removing what was placed");
            await place.RemoveAsync(claimed: false, patience.Token);
            await place.RemoveDirectoriesAsync(patience.Token);
            await transfer.RemoveAsync(images, patience.Token);
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            return cause is RelayOpsException { Status: ExitStatus.NoConnection } lost ? lost : new RelayOpsException(
                $"the deployment could not be rebuilt on {host.Name}, and what was placed there could not be removed", $"{cause.Message}; {exception.Message}",
                "mend the reason, and run the same command again: it begins by removing what is there", ExitStatus.Failed, exception);
        }

        return cause is not RelayOpsException known ? cause : new RelayOpsException(
            $"the deployment could not be rebuilt on {host.Name}; what was placed there is removed again", $"{known.What}: {known.Why}", known.Next,
            known.Status is ExitStatus.WrongUse or ExitStatus.BadBackup or ExitStatus.NoConnection ? known.Status : ExitStatus.Failed, known);
    }

    private Exception Unfinished(Exception cause) => cause is not RelayOpsException known ? cause : new RelayOpsException(
        $"the deployment on {host.Name} is in place, and was not finished", $"{known.What}: {known.Why}",
        $"nothing was removed, since it may have served clients; run the same command again ({known.Next})", known.Status, known);

    private static bool IsPlaced(NewServer server) => server.HalfPlaced?.StartsWith(RebuiltPlace.Starting, StringComparison.Ordinal) == true;

    /// <exception cref="RelayOpsException">The service of another backup may run there already (<see cref="ExitStatus.WrongUse"/>).</exception>
    private void DemandSame(NewServer server, RestoreSource source)
    {
        if (IsPlaced(server) && server.HalfPlaced != $"{RebuiltPlace.Starting} {source.Name}")
            throw new RelayOpsException($"{server.Survey.Path} on {host.Name} was rebuilt from another backup a moment ago",
                $"that run broke off while it started the service ({server.HalfPlaced}), which may have clients",
                $"finish it with --backup-id {server.HalfPlaced![(RebuiltPlace.Starting.Length + 1)..]}, and Restore the other one then", ExitStatus.WrongUse);
    }

    /// <summary>The smallest image has a shell and tar, for a user who is root in containers alone.</summary>
    private RebuiltPlace Place(NewServer server, IReadOnlyList<BroughtImage> images)
    {
        var image = images.OrderByDescending(image => image.Wanted.Reference.Contains("redis", StringComparison.Ordinal)).FirstOrDefault();
        return new RebuiltPlace(host, server, OwnerRoute.Get(server.Survey, image?.Id, host.Name), reporter, time);
    }

    private static RestoreRequest RestoreRequest(RebuildRequest request, NewServer server) => new()
    {
        DeploymentPath = server.Survey.Path,
        Parts = DeploymentParts.Data | DeploymentParts.Logs | DeploymentParts.Redis,
        Environment = EnvironmentPolicy.Keep,
        DropSessions = request.DropSessions,
        HealthTimeout = request.HealthTimeout,
        AllowTorn = request.AllowTorn,
        Owner = request.Owner,
        LockWait = TimeSpan.Zero,
        LeavesRedisRunning = true,
        ConfirmAsync = (_, _) => Task.FromResult(true),
    };

    private ImmutableArray<string> Confirmation(RebuildPlan plan, NewServer server, RestoreSource source) =>
    [
        $"rebuild {source.Name} in {server.Survey.Path} on {host.Name}: {plan.Backup.Entries.Count} entries, {plan.Backup.Manifest?.Redis?.Counts.Keys.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of"} keys",
        $"  images: {string.Join(", ", plan.Images.Select(image => image.Reference))}",
        "  the service is started there: the lost server must not serve at the same time",
    ];

    private async Task<RestoreOutcome> ExplainAsync(
        RebuildPlan plan, NewServer server, RestoreSource source, ImageTransfer transfer, CancellationToken cancellationToken)
    {
        if (server.Survey.Docker is not null)
            foreach (var line in await transfer.ExplainAsync(plan.Images, cancellationToken))
                reporter.Note(line);
        var owner = server.IsRoot ? OwnerRoute.Get(server.Survey, imageId: null, host.Name)
            : OwnerRoute.Get(server.Survey, plan.Images[0].Reference, host.Name);
        foreach (var step in new RebuiltPlace(host, server, owner, reporter, time).Steps(source.Contents!, plan.ChangedTexts(server.Survey.Path).Select(text => text.Path)))
            reporter.Note($"on {host.Name}: {step}");
        reporter.Note($"on {host.Name}: data, logs and redis_data as the Restore target places them, redis alone started and its keys counted, then the service, until it is healthy");
        return new RestoreOutcome();
    }
}
