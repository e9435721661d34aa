using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Every command of a migration, in order: what a dry run prints.</summary>
internal static class MoveSteps
{
    public static IEnumerable<string> Of(MoveRequest request, HandoverParts parts, Handover handover, string oldName, string newName, DateTimeOffset now)
    {
        var (source, arrival) = (parts.Source, parts.Arrival);
        var journal = OldSide.Journal(source, SafetyCopies.Stamp(now, []), new NewPlace(newName, arrival.Path), now);
        var trial = new TrialBoot(arrival, source, parts.Compose, null!, null!);
        string Old(HostCommand command) => $"on {oldName}: {command}";
        string New(HostCommand command) => $"on {newName}: {command}";
        var writing = source.Deployment.Writing;
        yield return Old(writing.Run(DeploymentLock.AcquireCommand(writing.Root, "<token>")));
        yield return New(arrival.MakeCommand(journal.Stamp, $"{source.Path} on {oldName}"));
        yield return New(arrival.Writing.Run(DeploymentLock.AcquireCommand(arrival.Path, "<token>")));
        var direct = DirectSteps.Of(request, parts);
        foreach (var step in direct?.Opening(Old, New) ?? [])
            yield return step;
        yield return Old(source.Target.Owner.Run(JournalFile.WriteCommand(source.Path)));
        foreach (var step in source.Deployment.Files.Where(StraightFiles.Takes).SelectMany(part => direct?.Sending(part, Old, New) ?? []))
            yield return step;
        foreach (var part in source.Deployment.Files)
            yield return $"send{(direct is not null && StraightFiles.Takes(part) ? " what is missing of" : "")} {part.Tree.Entries.Length} entries ({part.SizeBytes} bytes) of {part.Name}, read {part.Route.Name}, to "
                + New(arrival.Owner.Run(MovedFiles.UnpackCommand(arrival.Path)));
        yield return New(arrival.Owner.Run(StagedFiles.CheckCommand(arrival.Path, ".")));
        yield return New(parts.RightsCommand);
        foreach (var step in OfTrial(request, parts, trial, Old, New))
            yield return step;
        yield return New(handover.CreateCommand);
        foreach (var step in OfHandover(request, parts, journal, Old, New))
            yield return step;
        yield return New(arrival.AcceptCommand);
        foreach (var step in direct?.Closing(Old, New) ?? [])
            yield return step;
    }

    private static IEnumerable<string> OfTrial(MoveRequest request, HandoverParts parts, TrialBoot trial, Func<HostCommand, string> old, Func<HostCommand, string> @new)
    {
        yield return @new(trial.CopyCommand);
        foreach (var step in OfDataset(request, parts, parts.Arrival.TrialPath, old, @new))
            yield return step;
        yield return @new(trial.CreateCommand);
        yield return @new(trial.FenceCommand("<redis>", "<service>"));
        yield return @new(parts.Arrival.Survey.Docker!.Changing("start", "<redis>"));
        yield return @new(parts.Arrival.Survey.Docker!.Changing("start", "<service>"));
        yield return @new(ServiceHealth.WaitCommand(parts.Arrival.Survey.Docker!, "<service>", parts.HealthPatience(request)));
        yield return @new(parts.Arrival.TakeDownCommand);
    }

    private static IEnumerable<string> OfHandover(MoveRequest request, HandoverParts parts, RestoreJournal journal, Func<HostCommand, string> old, Func<HostCommand, string> @new)
    {
        var (source, side) = (parts.Source, new OldSide(parts.Old, parts.Source.Target));
        var docker = parts.Arrival.Survey.Docker!;
        yield return old(Watchdog.ArmCommand(source.Path, request.HealthTimeout, new WayBack(source.Target, journal).Commands));
        if (!journal.ComingBack.IsEmpty)
            yield return old(source.Target.Services.RestartPolicyCommand("no", journal.ComingBack));
        yield return old(side.StopServiceCommand);
        foreach (var step in OfDataset(request, parts, parts.Arrival.Path, old, @new))
            yield return step;
        yield return $"send what changed meanwhile to {@new(parts.Arrival.Owner.Run(MovedFiles.UnpackCommand(parts.Arrival.Path)))}";
        yield return old(DatasetDigest.Command(source.Redis.Endpoint));
        yield return @new(docker.Changing("start", "<redis>"));
        yield return "compare counts and digests of both";
        yield return old(side.StopRedisCommand);
        yield return old(side.HandOverCommand(journal));
        yield return @new(docker.Changing("start", "<service>"));
        yield return @new(ServiceHealth.WaitCommand(docker, "<service>", parts.HealthPatience(request)));
    }

    private static IEnumerable<string> OfDataset(MoveRequest request, HandoverParts parts, string directory, Func<HostCommand, string> old, Func<HostCommand, string> @new)
    {
        var redis = parts.Source.Redis;
        yield return old(SnapshotProcedure.Choose(redis).Method == SnapshotMethod.BackgroundSave
            ? SnapshotProcedure.SaveCommand(redis.Endpoint, request.Snapshot.RedisSaveTimeout) : SnapshotProcedure.ReplicateCommand(redis.Endpoint));
        if (DirectSteps.Of(request, parts) is { } direct && SnapshotProcedure.Choose(redis).Method == SnapshotMethod.BackgroundSave)
            foreach (var step in direct.Sending(parts.Source.Deployment.DumpRoutes[0], parts.Dataset.ReceiveCommand(directory), old, @new))
                yield return step;
        else
            yield return $"send the dataset to {@new(parts.Dataset.ReceiveCommand(directory))}";
    }
}
