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
        foreach (var step in OfSwitchover(request.HealthTimeout, target, journal))
            yield return step;
        yield return On(target.Owner.Run(StagedFiles.RemoveCommand(path, plan.Staging)));
        yield return On(writing.Run(DeploymentLock.ReleaseCommand(writing.Root, "<token>")));
    }

    public static IEnumerable<string> OfSwitchover(TimeSpan healthTimeout, RestoreTarget target, RestoreJournal journal)
    {
        string On(HostCommand command) => $"on {target.Deployment.HostName}: {command}";
        var (path, services) = (target.Survey.Path, target.Services);
        var stopped = target.Deployment.Containers.Where(journal.Ran).ToList();
        yield return On(Watchdog.ArmCommand(path, healthTimeout, new WayBack(target, journal).Commands));
        var apps = stopped.Where(container => !container.RunsRedis).ToList();
        if (journal.Copies && apps.Count > 0)
            yield return On(services.StopCommand(null, apps));
        if (journal.Copies && target.Redis is { } counted)
            yield return On(KeyCensus.Command(counted.Endpoint));
        if ((journal.Copies || journal.Native is not null) && stopped.Count > 0)
            yield return On(services.StopCommand(null, stopped));
        if (journal.Native is not null && target.Redis is { IsInMemory: true } unsaved)
            yield return On(unsaved.SaveCommand);
        if (journal.Copies)
            yield return On(target.Owner.Run(StoppedData.CopyCommand(path, journal.Staging, journal.Items.Select(item => item.Name))));
        yield return On(WayForward.ExchangeCommand(target, journal with { Phase = RestorePhase.Switching }, journal.Copies ? [] : stopped));
        if (!journal.Images.IsEmpty)
            yield return On(ImageExchange.Forward(services.Docker!, target.KeptImages, journal.Stamp, journal.Images));
        if (journal.Native is { } native)
        {
            yield return On(native.StartCommand(target.Survey));
            yield return On(native.ReadyCommand(target.Survey, healthTimeout));
            if (target.Redis is { } redis)
                yield return On(KeyCensus.Command(redis.Endpoint));
        }

        foreach (var container in stopped.OrderBy(container => !container.RunsRedis))
        {
            var start = services.StartCommand(journal, container);
            if (container.RunsRedis && target.Redis is { } known)
                yield return On(KeyCensus.Command(known.Endpoint, limit: healthTimeout).After(start));
            else if (container == target.App)
                yield return On(ServiceHealth.WaitCommand(services.Docker!, container.Id, healthTimeout).After(start));
            else
                yield return On(start);
        }

        yield return On(Watchdog.DisarmCommand(path, healthTimeout));
    }
}
