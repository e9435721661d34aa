using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What must be true of the new data once they are in place.</summary>
public sealed record Acceptance
{
    /// <summary>Null where Redis is not exchanged, or nobody knows.</summary>
    public DatasetCounts? Expected { get; init; }

    public bool DropSessions { get; init; }

    /// <summary>Until the service is healthy, with what its dataset adds.</summary>
    public required TimeSpan HealthTimeout { get; init; }

    /// <summary>How long the watchdog waits for a lost operator.</summary>
    public required TimeSpan WatchdogPatience { get; init; }

    public string? HealthUrl { get; init; }

    /// <summary>The service computes costs over its keys before it answers: 131 s were seen with a dump of 377 MiB.</summary>
    public static TimeSpan Patience(TimeSpan healthTimeout, long datasetBytes) => healthTimeout + TimeSpan.FromSeconds(datasetBytes / (1 << 20) * 0.5);
}

/// <param name="Downtime">Null where the service did not run before.</param>
public sealed record SwitchedOver(TimeSpan? Downtime, DatasetCounts? Counts);

/// <summary>
/// Stop, exchange, start, prove: the part of a restore or rollback in which the service is away. Whatever fails in it, the former data and
/// containers come back.
/// </summary>
public sealed class Switchover(IHost host, RestoreTarget target, JournalFile file, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan BackPatience = TimeSpan.FromMinutes(25);

    /// <exception cref="RelayOpsException">It failed: with <see cref="ExitStatus.RolledBack"/> or <see cref="ExitStatus.Stuck"/>.</exception>
    public async Task<SwitchedOver> RunAsync(RestoreJournal staged, Acceptance acceptance, CancellationToken cancellationToken)
    {
        var journal = staged with { Phase = RestorePhase.Switching };
        var back = new WayBack(target, journal).Commands;
        await file.WriteAsync(journal, cancellationToken);
        Watchdog? watchdog = null;
        try
        {
            watchdog = await Watchdog.ArmAsync(host, target.Deployment.Writing, target.Survey, acceptance.WatchdogPatience, back, time, cancellationToken);
            using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watchdog.Lost);
            var done = await GoAsync(journal, acceptance, working.Token);
            // The watchdog lets go first: it must not undo what the journal calls accepted. A run that breaks off between the two leaves a
            // service that is healthy on its new data, which the next run takes for what it is.
            if (await Watchdog.DisarmAsync(host, target.Survey.Path, working.Token))
                throw new RelayOpsException("the watchdog on the server was faster", "this machine was silent for too long", "restore again");
            await file.WriteAsync(journal with { Phase = RestorePhase.Accepted }, working.Token);
            return done;
        }
        catch (Exception exception)
        {
            if (watchdog is not null)
                await watchdog.DisposeAsync();
            throw await GoBackAsync(journal, exception, cancellationToken);
        }
        finally
        {
            if (watchdog is not null)
                await watchdog.DisposeAsync();
        }
    }

    private async Task<SwitchedOver> GoAsync(RestoreJournal journal, Acceptance acceptance, CancellationToken cancellationToken)
    {
        var services = target.Services;
        var stopped = target.Deployment.Containers.Where(container => container.IsRunning && (journal.Redis || !container.RunsRedis)).ToList();
        var began = time.GetTimestamp();
        if (journal.Copies)
            acceptance = acceptance with { Expected = await QuiesceAsync(stopped, cancellationToken) };
        if (stopped.Count > 0)
            using (reporter.Begin(journal.Copies ? "stopping redis" : "stopping the service"))
                await services.RunAsync(services.StopCommand(null, stopped), "stop the service", cancellationToken);
        if (journal.Native is { } native)
            using (reporter.Begin("stopping redis"))
                await StopAsync(native, cancellationToken);
        if (journal.Copies)
            await CopyAsync(journal, cancellationToken);
        using (reporter.Begin("putting the former data aside"))
            await ExchangeAsync(journal, cancellationToken);
        if (!journal.Images.IsEmpty)
            await services.RunAsync(ImageExchange.Forward(services.Docker!, target.KeptImages, journal.Stamp, journal.Images),
                "name the images to start from", cancellationToken);
        var counts = journal.Redis ? await StartRedisAsync(journal, acceptance, cancellationToken) : null;
        var apps = services.Apps.Where(journal.Ran).ToList();
        if (apps.Count == 0)
            return new SwitchedOver(journal.Native is null ? null : time.GetElapsedTime(began), counts);
        using (reporter.Begin("starting the service"))
            await StartAsync(journal, apps, "start the service", cancellationToken);
        if (target.App is { } app && apps.Contains(app))
            using (reporter.Begin("waiting until the service is healthy"))
                await ServiceHealth.DemandAsync(host, services.Docker!, app, acceptance.HealthTimeout, cancellationToken);
        var downtime = time.GetElapsedTime(began);
        if (acceptance.HealthUrl is { } url)
            await ServiceHealth.DemandUrlAsync(host, url, acceptance.HealthTimeout, cancellationToken);
        return new SwitchedOver(downtime, counts);
    }

    /// <summary>One that keeps its data in memory alone saves them first: without that, nothing of them would be put aside.</summary>
    private async Task StopAsync(NativeRedis native, CancellationToken cancellationToken)
    {
        if (target.Redis is { IsInMemory: true } redis)
        {
            var saved = await host.RunAsync(redis.SaveCommand, redis.Credentials, cancellationToken);
            if (!saved.Succeeded)
                throw new RelayOpsException($"redis on {host.Name} cannot save what it has in memory alone", FirstLine.Of(saved.Exit.Error),
                    "free disk space there, and look at its log");
        }

        await target.Services.RunAsync(native.StopCommand(target.Survey), "stop redis", cancellationToken);
    }

    /// <summary>The most dangerous step: the only one after which the names mean other data.</summary>
    private async Task ExchangeAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        var closed = journal.Items.Any(item => item.Name == RedisFinder.DataDirectory) ? RedisFinder.DataDirectory : null;
        var command = Exchange.Forward(target.Survey.Path, journal.Items, closed, journal.ToText(),
            (journal with { Phase = RestorePhase.Switched }).ToText());
        var result = await host.RunAsync(target.Owner.Run(command), cancellationToken);
        if (result.Exit.Status == Exchange.InUse)
            throw new RelayOpsException($"redis_data is still in use on {host.Name}", FirstLine.Of(result.Exit.Error),
                "stop whatever has it open: it would go on writing into the former data");
        if (!result.Succeeded)
            throw new RelayOpsException($"cannot exchange the data on {host.Name}", FirstLine.Of(result.Exit.Error), "look at the deployment's directory");
    }

    private async Task<DatasetCounts?> StartRedisAsync(RestoreJournal journal, Acceptance acceptance, CancellationToken cancellationToken)
    {
        var containers = target.Services.Redis;
        if (containers.IsEmpty && journal.Native is null)
        {
            if (target.Redis is null)
                reporter.Note("no redis runs there: its data are in place, and were not loaded");
            return null;
        }

        using var phase = reporter.Begin("starting redis alone and counting its keys");
        var loaded = new LoadedRedis(host, target, time);
        if (journal.Native is { } starting)
            await target.Services.RunAsync(starting.StartCommand(target.Survey), "start redis", cancellationToken);
        else
            await StartAsync(journal, containers, "start redis", cancellationToken);
        var redis = journal.Native is { } native
            ? await loaded.GetReadyAsync(native, acceptance.HealthTimeout, cancellationToken)
            : await loaded.GetReadyAsync(containers.Any(journal.Replaces), acceptance.HealthTimeout, cancellationToken);
        var counts = await loaded.DemandCountsAsync(redis, acceptance.Expected, cancellationToken);
        if (acceptance.DropSessions)
            reporter.Note($"{await loaded.DropSessionsAsync(redis, cancellationToken)} sessions were dropped");
        // What was stopped before stays stopped: it ran for the proof alone.
        if (journal.Native is null && !containers.Any(journal.Ran))
            await target.Services.RunAsync(target.Services.StopCommand(journal.Recreates ? target.Survey.Path : null, containers), "stop redis", cancellationToken);
        return counts;
    }

    private async Task StartAsync(RestoreJournal journal, IReadOnlyCollection<Container> containers, string what, CancellationToken cancellationToken)
    {
        foreach (var command in target.Services.StartCommands(journal, containers))
            await target.Services.RunAsync(command, what, cancellationToken);
    }

    /// <summary>Once no app writes any more, the keys are those that the next version must find.</summary>
    private async Task<DatasetCounts?> QuiesceAsync(IEnumerable<Container> stopped, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("stopping the service and counting its keys");
        var apps = stopped.Where(container => !container.RunsRedis).ToList();
        if (apps.Count > 0)
            await target.Services.RunAsync(target.Services.StopCommand(null, apps), "stop the service", cancellationToken);
        return target.Redis is { } redis ? await KeyCensus.TakeAsync(host, redis, cancellationToken) : null;
    }

    private async Task CopyAsync(RestoreJournal journal, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("copying the data as they are now");
        await target.Services.RunAsync(
            target.Owner.Run(StoppedData.CopyCommand(target.Survey.Path, journal.Staging, journal.Items.Select(item => item.Name))),
            "copy the data", cancellationToken);
    }

    /// <summary>Under its own patience: the operator who pressed Ctrl-C wants the service back most of all.</summary>
    /// <returns>What to tell the operator.</returns>
    private async Task<Exception> GoBackAsync(RestoreJournal journal, Exception cause, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(BackPatience, time);
        var way = new WayBack(target, journal);
        try
        {
            using var phase = reporter.Begin("going back to the former data");
            if (!await Watchdog.DisarmAsync(host, target.Survey.Path, patience.Token))
                await new Recovery(host, target, file).GoBackAsync(journal, patience.Token);
            if (await new StagedFiles(host, target, reporter).RemoveAsync(journal.Staging, patience.Token))
                await file.DropAsync(patience.Token);
        }
        catch (Exception exception) when (exception is RelayOpsException or OperationCanceledException)
        {
            return Stuck(cause, exception, way);
        }

        if (cause is OperationCanceledException && cancellationToken.IsCancellationRequested)
            return cause;
        return cause is RelayOpsException known
            ? new RelayOpsException($"{known.What}; the former data and service are back", known.Why, known.Next, ExitStatus.RolledBack, known)
            : new RelayOpsException("the operation failed; the former data and service are back", cause.Message, "try again", ExitStatus.RolledBack, cause);
    }

    private RelayOpsException Stuck(Exception cause, Exception failure, WayBack way)
    {
        if (failure is RelayOpsException { Status: ExitStatus.NoConnection })
            return new RelayOpsException($"the connection to {host.Name} was lost while its service was stopped", failure.Message,
                "the watchdog on the server brings the former data back within the health time-out; run the same target again to see it done",
                ExitStatus.NoConnection, failure);
        return new RelayOpsException($"the operation failed ({cause.Message}) and could not be undone on {host.Name}", failure.Message,
            $"the former data are in {target.Survey.Path} under *.bak.*; these commands bring them back, in this order:\n"
            + string.Join('\n', way.Commands), ExitStatus.Stuck, failure);
    }
}
