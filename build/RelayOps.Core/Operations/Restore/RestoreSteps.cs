using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Every command of a restore, in order: what a dry run prints.</summary>
internal static class RestoreSteps
{
    public static IEnumerable<string> Of(
        RestoreRequest request, RestoreSource source, ArchiveContents backup, RestoreTarget target, RestorePlan plan, RestoreJournal journal)
    {
        string On(HostCommand command) => $"on {target.Deployment.HostName}: {command}";
        var path = target.Survey.Path;
        var writing = target.Deployment.Writing;
        yield return On(writing.Run(DeploymentLock.AcquireCommand(writing.Root, "<token>")));
        yield return On(target.Owner.Run(JournalFile.WriteCommand(path)));
        yield return $"send {plan.Sent.Length} entries ({plan.RequiredBytes} bytes) of {source.Name} to "
            + On(target.Owner.Run(StagedFiles.UnpackCommand(path, plan.Staging)));
        yield return On(target.Owner.Run(StagedFiles.CheckCommand(path, plan.Staging)));
        var dataset = new StagedDataset(null!, target, null!);
        if (plan.Converts)
            yield return On(dataset.ConvertCommand(request, plan, backup));
        if (plan.HasRedis)
            yield return On(dataset.LayOutCommand(plan));
        foreach (var step in OfSwitchover(request, target, journal))
            yield return step;
        yield return On(target.Owner.Run(StagedFiles.RemoveCommand(path, plan.Staging)));
        yield return On(writing.Run(DeploymentLock.ReleaseCommand(writing.Root, "<token>")));
    }

    public static IEnumerable<string> OfSwitchover(RestoreRequest request, RestoreTarget target, RestoreJournal journal)
    {
        string On(HostCommand command) => $"on {target.Deployment.HostName}: {command}";
        var (path, services) = (target.Survey.Path, target.Services);
        var stopped = target.Deployment.Containers.Where(journal.Ran).ToList();
        yield return On(Watchdog.ArmCommand(path, request.HealthTimeout, new WayBack(target, journal).Commands));
        if (stopped.Count > 0)
            yield return On(services.StopCommand(null, stopped));
        if (journal.Native is { } running)
        {
            if (target.Redis is { IsInMemory: true } redis)
                yield return On(redis.SaveCommand);
            yield return On(running.StopCommand(target.Survey));
        }

        yield return On(target.Owner.Run(Exchange.Forward(
            path, journal.Items, journal.Redis ? RedisFinder.DataDirectory : null, "<journal>", "<journal>")));
        if (journal.Native is { } native)
        {
            yield return On(native.StartCommand(target.Survey));
            yield return On(native.ReadyCommand(target.Survey, request.HealthTimeout));
            if (target.Redis is { } redis)
                yield return On(KeyCensus.Command(redis.Endpoint));
        }

        foreach (var container in stopped.OrderBy(container => !container.RunsRedis))
        {
            yield return On(journal.Recreates && container.Service is { } service ? services.UpCommand(journal.Project, service) : services.StartCommand(container.Id));
            if (container.RunsRedis && target.Redis is { } known)
                yield return On(KeyCensus.Command(known.Endpoint));
        }

        if (target.App is { } app && stopped.Contains(app))
            yield return On(ServiceHealth.WaitCommand(services.Docker!, app.Id, request.HealthTimeout));
        yield return On(Watchdog.DisarmCommand(path, request.HealthTimeout));
    }
}
