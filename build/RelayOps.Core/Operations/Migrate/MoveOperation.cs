using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Moves a running deployment to another server: it serves there, or it serves where it was.</summary>
public sealed class MoveOperation(IHost old, IHost @new, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    /// <exception cref="RelayOpsException">Nothing was changed, or it was put back; <see cref="ExitStatus.Stuck"/> says otherwise.</exception>
    public async Task<MoveOutcome> RunAsync(MoveRequest request, CancellationToken cancellationToken)
    {
        if (request.DryRun)
            return await ExplainAsync(request, cancellationToken);
        var target = await RestoreTarget.InspectAsync(old, compose, reporter, request.DeploymentPath, cancellationToken);
        await using var held = await DeploymentLock.AcquireAsync(
            old, target.Deployment.Writing, request.Owner, request.LockWait, time, reporter, cancellationToken);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        var file = new JournalFile(old, target.Owner);
        await DirectLink.ClearAsync(old, @new, target.Deployment, reporter, working.Token);
        var earlier = new UnfinishedMove(old, @new, target, file, compose, reporter);
        if (await earlier.FinishAsync(request, working.Token) is { } finished)
            return finished;
        var source = await OldServer.InspectAsync(old, compose, reporter, request.DeploymentPath, working.Token);
        var check = new NewPlaceCheck(old, @new, compose, reporter, time);
        await check.ClearAsync(request, source, working.Token);
        var server = await check.RunAsync(request, source, working.Token);
        await ConfirmAsync(request, source, server.Survey.Path, working.Token);
        await using var link = await DirectLink.OpenAsync(old, @new, source, server.Survey, request, reporter, time, working.Token);
        // Whatever is missing is brought while everything still runs.
        var images = new ImageTransfer(@new, server.Survey.Docker!, check.ImageSources(source), reporter) { Direct = link };
        var brought = await images.BringAsync(NewPlaceCheck.Images(source), working.Token);
        try
        {
            var outcome = await MoveAsync(request, source, check.Place(request, source, server, brought), link, file, working.Token);
            await PublicAddress.AskAsync(@new, request.HealthUrl, reporter, working.Token);
            return outcome with { BytesStraight = link.Bytes, BytesThroughHere = request.Wire.Bytes + images.Bytes };
        }
        catch (Exception exception) when (exception is not RelayOpsException { Status: ExitStatus.NoConnection or ExitStatus.Stuck })
        {
            using var briefly = new CancellationTokenSource(TimeSpan.FromMinutes(1), time);
            await images.RemoveAsync(brought, briefly.Token);
            throw;
        }
    }

    /// <summary>An earlier run was cut off behind the hand-over: the old service is stopped, and all that is left is to finish on the new server.</summary>
    public async Task<bool> IsHandedOverAsync(string deploymentPath, CancellationToken cancellationToken)
    {
        var target = await RestoreTarget.InspectAsync(old, compose, SilentReporter.Instance, deploymentPath, cancellationToken);
        return await new JournalFile(old, target.Owner).FindAsync(cancellationToken) is { MovedTo: not null, Phase: RestorePhase.Accepted };
    }

    private async Task<MoveOutcome> MoveAsync(
        MoveRequest request, OldServer source, CheckedPlace place, DirectLink link, JournalFile file, CancellationToken cancellationToken)
    {
        var arrival = place.Arrival;
        var stamp = SafetyCopies.Stamp(time.GetUtcNow(), await file.ListHistoryAsync(cancellationToken));
        var journal = OldSide.Journal(source, stamp, new NewPlace(@new.Name, arrival.Path), time.GetUtcNow());
        var isUndone = false;
        await arrival.MakeAsync(stamp, $"{source.Path} on {old.Name}", cancellationToken);
        try
        {
            await using var there = await DeploymentLock.AcquireAsync(
                @new, arrival.Writing, request.Owner, request.LockWait, time, reporter, cancellationToken);
            using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, there.Lost);
            var parts = Parts(request, source, place, link, file);
            var handover = new Handover(parts, request, reporter, time);
            try
            {
                await StageAsync(request, parts, journal, handover, working.Token);
                var outcome = await handover.RunAsync(journal, working.Token);
                await FinishAsync(arrival, file, journal, reporter, working.Token);
                return outcome;
            }
            catch when (handover is { HasBegun: false } or { IsUndone: true })
            {
                isUndone = await RemoveAsync(arrival, file, handover.HasBegun);
                throw;
            }
        }
        finally
        {
            if (isUndone)
                await arrival.UnmakeAsync(CancellationToken.None);
        }
    }

    private HandoverParts Parts(MoveRequest request, OldServer source, CheckedPlace place, DirectLink link, JournalFile file)
    {
        var config = new MovedConfig(source.Path, place.Settings);
        var files = new MovedFiles(old, place.Arrival, request, source, place.Owners, config, reporter) { Straight = new StraightFiles(old, place.Arrival, place.Owners, link) };
        var dataset = new MovedDataset(old, place.Arrival, request, source, place.Owners, reporter, time) { Straight = new StraightDataset(old, source, request, link, reporter) };
        return new HandoverParts(old, source, place.Arrival, files, dataset, file, compose) { Owners = place.Owners };
    }

    /// <summary>All that can be done while the old service runs.</summary>
    private async Task StageAsync(MoveRequest request, HandoverParts parts, RestoreJournal journal, Handover handover, CancellationToken cancellationToken)
    {
        var arrival = parts.Arrival;
        await parts.Journal.WriteAsync(journal, cancellationToken);
        await parts.Files.SendAllAsync(cancellationToken);
        await arrival.RunAsync(parts.RightsCommand, "cannot set the directory's rights", cancellationToken);
        if (request.TrialBoots)
            await new TrialBoot(arrival, parts.Source, compose, reporter, time).RunAsync(parts.Files, parts.Dataset, parts.HealthPatience(request), cancellationToken);
        // Made now, they only have to be started once nobody serves.
        await handover.CreateAsync(cancellationToken);
    }

    /// <summary>The service serves where it shall: what is still missing is tidiness, and no reason to call the migration failed.</summary>
    internal static async Task FinishAsync(Arrival arrival, JournalFile file, RestoreJournal journal, IReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            await arrival.AcceptAsync(cancellationToken);
            await file.CloseAsync(journal, cancellationToken);
        }
        catch (RelayOpsException exception)
        {
            reporter.Warn($"{exception.What}: {exception.Why}; the same Migrate, or Rollback on the old server, will tidy up");
        }
    }

    /// <summary>Under its own patience, and without hiding why it came to this.</summary>
    private async Task<bool> RemoveAsync(Arrival arrival, JournalFile file, bool isJournalDropped)
    {
        using var briefly = new CancellationTokenSource(TimeSpan.FromMinutes(2), time);
        try
        {
            await arrival.RemoveAsync(briefly.Token);
            if (!isJournalDropped)
                await file.DropAsync(briefly.Token);
            return true;
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            reporter.Warn($"what was placed in {arrival.Path} on {@new.Name} could not be removed ({exception.Message}); the next Migrate there does it");
            return false;
        }
    }

    private async Task ConfirmAsync(MoveRequest request, OldServer source, string newPath, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> lines =
        [
            $"move {source.Path} on {old.Name} to {newPath} on {@new.Name}",
            string.Create(CultureInfo.InvariantCulture, $"  {source.Redis.Keys} keys, {source.Deployment.Files.Sum(part => part.SizeBytes) >> 10} KiB of files; {string.Join(", ", source.Services)}"),
            "  the old server keeps everything, stopped; Rollback brings it back there",
        ];
        if (!await request.ConfirmAsync(lines, cancellationToken))
            throw new RelayOpsException("nothing was changed", "it was not confirmed", "answer yes, or pass --confirm yes", ExitStatus.WrongUse);
    }

    private async Task<MoveOutcome> ExplainAsync(MoveRequest request, CancellationToken cancellationToken)
    {
        var source = await OldServer.InspectAsync(old, compose, reporter, request.DeploymentPath, cancellationToken);
        var check = new NewPlaceCheck(old, @new, compose, reporter, time);
        var server = await check.RunAsync(request, source, cancellationToken);
        // As it will be once docker is there.
        server = server with { Survey = server.Survey with { Docker = server.Survey.Docker ?? new DockerCli(server.Survey.User != "root") } };
        foreach (var line in await new ImageTransfer(@new, server.Survey.Docker!, check.ImageSources(source), reporter).ExplainAsync(NewPlaceCheck.Images(source), cancellationToken))
            reporter.Note(line);
        var place = check.Place(request, source, server, []);
        await using var link = DirectLink.Closed(old, @new, source, reporter, time);
        var parts = Parts(request, source, place, link, new JournalFile(old, source.Target.Owner));
        foreach (var step in MoveSteps.Of(request, parts, new Handover(parts, request, reporter, time), old.Name, @new.Name, time.GetUtcNow()))
            reporter.Note(step);
        return new MoveOutcome();
    }
}
