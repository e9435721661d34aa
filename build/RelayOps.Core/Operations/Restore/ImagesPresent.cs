using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Where compose makes containers anew, the images that it will ask for are there before anything stops.</summary>
internal static class ImagesPresent
{
    /// <exception cref="RelayOpsException">One is not (<see cref="ExitStatus.WrongUse"/>); nothing was changed.</exception>
    public static async Task DemandAsync(
        IHost host, IComposeParser compose, RestoreTarget target, RestorePlan plan, ArchiveContents backup, CancellationToken cancellationToken)
    {
        if (!plan.Recreates || target.Services.Docker is not { } docker || plan.Stopped.IsEmpty)
            return;
        var services = plan.Stopped.Select(container => container.Service).ToHashSet();
        // What is written with variables is known to compose alone.
        string[] names = [.. plan.Items.Where(item => ComposeFile.Names.Contains(item.Name) || ComposeFile.OverrideNames.Contains(item.Name))
            .Select(item => backup.Texts.GetValueOrDefault(item.Name)).OfType<string>()
            .SelectMany(text => compose.Parse(text).Services).Where(service => services.Contains(service.Name))
            .Select(service => service.Image).OfType<string>().Where(image => !image.Contains('$', StringComparison.Ordinal)).Distinct()];
        if (names.Length == 0)
            return;
        var result = await host.RunAsync(docker.InspectImages(names), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"{target.Deployment.HostName} lacks an image that the backup's compose file names", FirstLine.Of(result.Exit.Error),
                "fetch it there first (docker pull), or keep the server's compose file (--env keep)", ExitStatus.WrongUse);
    }
}
