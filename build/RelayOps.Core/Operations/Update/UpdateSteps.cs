using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Core.Operations.Update;

/// <summary>Every command of an update, in order: what a dry run prints.</summary>
internal static class UpdateSteps
{
    public static IEnumerable<string> Of(UpdateRequest request, RestoreTarget target, RestoreJournal journal, HostCommand pull)
    {
        string On(HostCommand command) => $"on {target.Deployment.HostName}: {command}";
        var writing = target.Deployment.Writing;
        yield return On(writing.Run(DeploymentLock.AcquireCommand(writing.Root, "<token>")));
        yield return On(pull);
        if (request.CheckOnly)
        {
            yield return On(writing.Run(DeploymentLock.ReleaseCommand(writing.Root, "<token>")));
            yield break;
        }

        yield return "the rest only for services whose image was not the one pulled:";
        yield return On(target.Owner.Run(JournalFile.WriteCommand(target.Survey.Path)));
        foreach (var step in RestoreSteps.OfSwitchover(request.HealthTimeout, target, journal))
            yield return step;
        yield return On(target.Owner.Run(StagedFiles.RemoveCommand(target.Survey.Path, journal.Staging)));
        yield return $"on {target.Deployment.HostName}: remove images of {target.KeptImages} but the newest {KeptImages.Newest} of each service";
        yield return On(writing.Run(DeploymentLock.ReleaseCommand(writing.Root, "<token>")));
    }
}
