using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>The way from the stop to a healthy service on the new data, counterpart of <see cref="WayBack"/>. It undoes nothing: whoever goes it goes back where it fails.</summary>
internal sealed class WayForward(IHost host, RestoreTarget target, IReporter reporter, TimeProvider time)
{
    public async Task<SwitchedOver> GoAsync(RestoreJournal journal, Acceptance acceptance, CancellationToken cancellationToken)
    {
        // This machine's heartbeat holds the watchdog off: a command that hangs must not keep the service away for ever.
        var bounded = new BoundedHost(host, acceptance.HealthTimeout, time);
        var services = target.Services.On(bounded);
        var stopped = target.Deployment.Containers.Where(container => container.IsRunning && (journal.Redis || !container.RunsRedis)).ToList();
        var began = time.GetTimestamp();
        if (journal.Copies)
            acceptance = acceptance with { Expected = await CopyAsync(bounded, journal, stopped, cancellationToken) };
        if (journal.Native is not null)
            await PrepareNativeAsync(bounded, stopped, cancellationToken);
        await using var exchanged = await ExchangeAsync(bounded, journal, journal.Copies ? [] : stopped, cancellationToken);
        if (!journal.Images.IsEmpty)
            await services.RunAsync(ImageExchange.Forward(services.Docker!, target.KeptImages, journal.Stamp, journal.Images),
                "name the images to start from", cancellationToken);
        var counts = journal.Redis ? await StartRedisAsync(bounded, journal, acceptance, cancellationToken) : null;
        var apps = services.Apps.Where(journal.Ran).ToList();
        if (apps.Count == 0)
            return new SwitchedOver(journal.Native is null ? null : time.GetElapsedTime(began), counts);
        using (reporter.Begin("starting the service and waiting until it is healthy"))
        {
            if (target.App is { } app && apps.Contains(app))
                await ServiceHealth.StartAsync(services, bounded, services.StartCommand(journal, apps), app, acceptance.HealthTimeout, cancellationToken);
            else
                await services.RunAsync(services.StartCommand(journal, apps), "start the service", cancellationToken);
        }

        var downtime = time.GetElapsedTime(began);
        if (acceptance.HealthUrl is { } url)
            await ServiceHealth.DemandUrlAsync(host, url, acceptance.HealthTimeout, cancellationToken);
        return new SwitchedOver(downtime, counts);
    }

    /// <summary>One that keeps its data in memory alone saves them first: without that, nothing of them would be put aside.</summary>
    private async Task PrepareNativeAsync(BoundedHost bounded, List<Container> stopped, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("stopping the service");
        var services = target.Services.On(bounded);
        if (stopped.Count > 0)
            await services.RunAsync(services.StopCommand(null, stopped), "stop the service", cancellationToken);
        if (target.Redis is not { IsInMemory: true } redis)
            return;
        var saved = await bounded.RunAsync(redis.SaveCommand, redis.Credentials, cancellationToken);
        if (!saved.Succeeded)
            throw new RelayOpsException($"redis on {host.Name} cannot save what it has in memory alone", FirstLine.Of(saved.Exit.Error),
                "free disk space there, and look at its log");
    }

    /// <summary>The most dangerous step: the only one after which the names mean other data.</summary>
    /// <returns>What is left of the command, which may still be removing the container it ran in.</returns>
    private async Task<IAsyncDisposable> ExchangeAsync(
        BoundedHost bounded, RestoreJournal journal, List<Container> stopped, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin(stopped.Count > 0 || journal.Native is not null ? "stopping the service and putting its data aside" : "putting the former data aside");
        var running = await bounded.StartAsync(ExchangeCommand(target, journal, stopped), cancellationToken);
        try
        {
            await running.Input.DisposeAsync();
            using var output = new StreamReader(running.Output, leaveOpen: true);
            if (await output.ReadLineAsync(cancellationToken) == Exchange.Done)
                return running;
            throw NotExchanged(await running.WaitAsync(cancellationToken));
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    internal static HostCommand ExchangeCommand(RestoreTarget target, RestoreJournal journal, List<Container> stopped)
    {
        var closed = journal.Items.Any(item => item.Name == RedisFinder.DataDirectory) ? RedisFinder.DataDirectory : null;
        var stop = journal.Native is { } native ? native.StopCommand(target.Survey)
            : stopped.Count > 0 ? target.Services.StopCommand(null, stopped) : HostCommand.Reading("true");
        return Exchange.Behind(stop, target.Owner, journal.Items, closed, journal.ToText(), (journal with { Phase = RestorePhase.Switched }).ToText());
    }

    private RelayOpsException NotExchanged(CommandExit exit) => exit.Status switch
    {
        Exchange.InUse => new RelayOpsException($"redis_data is still in use on {host.Name}", FirstLine.Of(exit.Error),
            "stop whatever has it open: it would go on writing into the former data"),
        Exchange.NotTold => new RelayOpsException($"cannot stop the service on {host.Name}", FirstLine.Of(exit.Error), "look at docker (docker ps, docker logs) and at redis there"),
        _ => new RelayOpsException($"cannot exchange the data on {host.Name}", FirstLine.Of(exit.Error), "look at the deployment's directory"),
    };

    private async Task<DatasetCounts?> StartRedisAsync(
        BoundedHost bounded, RestoreJournal journal, Acceptance acceptance, CancellationToken cancellationToken)
    {
        var services = target.Services.On(bounded);
        var containers = services.Redis;
        if (containers.IsEmpty && journal.Native is null)
        {
            if (target.Redis is null)
                reporter.Note("no redis runs there: its data are in place, and were not loaded");
            return null;
        }

        using var phase = reporter.Begin("starting redis alone and counting its keys");
        var (redis, counts) = await LoadAsync(new LoadedRedis(bounded, target, time), services, journal, acceptance, cancellationToken);
        if (acceptance.DropSessions)
            reporter.Note($"{await new LoadedRedis(bounded, target, time).DropSessionsAsync(redis, cancellationToken)} sessions were dropped");
        // What was stopped before stays stopped: it ran for the proof alone.
        if (journal.Native is null && !acceptance.LeavesRedisRunning && !containers.Any(journal.Ran))
            await services.RunAsync(services.StopCommand(journal.Recreates ? target.Survey.Path : null, containers), "stop redis", cancellationToken);
        return counts;
    }

    private async Task<(RedisServer Redis, DatasetCounts Counts)> LoadAsync(
        LoadedRedis loaded, ServiceControl services, RestoreJournal journal, Acceptance acceptance, CancellationToken cancellationToken)
    {
        if (journal.Native is { } native)
        {
            await services.RunAsync(native.StartCommand(target.Survey), "start redis", cancellationToken);
            var here = await loaded.GetReadyAsync(native, acceptance.HealthTimeout, cancellationToken);
            return (here, await loaded.DemandCountsAsync(here, acceptance.Expected, cancellationToken));
        }

        var start = services.StartCommand(journal, services.Redis);
        var replaced = services.Redis.Any(journal.Replaces);
        // What it was before it still is, down to its password, unless compose makes it anew.
        if (!replaced && await loaded.FindCountsAsync(start, acceptance.Expected, acceptance.HealthTimeout, cancellationToken) is { } found)
            return (target.Redis!, found);
        await services.RunAsync(start, "start redis", cancellationToken);
        var redis = await loaded.GetReadyAsync(replaced, acceptance.HealthTimeout, cancellationToken);
        return (redis, await loaded.DemandCountsAsync(redis, acceptance.Expected, cancellationToken));
    }

    /// <summary>Once no app writes any more, the keys are those that the next version must find; once Redis has stopped too, a copy is exact.</summary>
    private async Task<DatasetCounts?> CopyAsync(
        BoundedHost bounded, RestoreJournal journal, List<Container> stopped, CancellationToken cancellationToken)
    {
        var services = target.Services.On(bounded);
        DatasetCounts? counts = null;
        using (reporter.Begin("stopping the service and counting its keys"))
        {
            if (stopped.Where(container => !container.RunsRedis).ToList() is { Count: > 0 } apps)
                await services.RunAsync(services.StopCommand(null, apps), "stop the service", cancellationToken);
            if (target.Redis is { } redis)
                counts = await KeyCensus.TakeAsync(bounded, redis, cancellationToken);
        }

        if (stopped.Count > 0)
            using (reporter.Begin("stopping redis"))
                await services.RunAsync(services.StopCommand(null, stopped), "stop redis", cancellationToken);
        using var phase = reporter.Begin("copying the data as they are now");
        await services.RunAsync(
            target.Owner.Run(StoppedData.CopyCommand(target.Survey.Path, journal.Staging, journal.Items.Select(item => item.Name))),
            "copy the data", cancellationToken);
        return counts;
    }
}
