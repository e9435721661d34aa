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
        string[] names = [.. Named(compose, target, plan, backup).Where(image => services.Contains(image.Key)).Select(image => image.Value).Distinct()];
        if (names.Length == 0)
            return;
        var result = await host.RunAsync(docker.InspectImages(names), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"{target.Deployment.HostName} lacks an image that compose would ask for", FirstLine.Of(result.Exit.Error),
                "fetch it there first (docker pull), or keep the server's .env and compose file (--env keep)", ExitStatus.WrongUse);
    }

    /// <summary>Images by service, as compose will read them: each file is the backup's where that comes, else the server's, and an override has the last word.</summary>
    private static Dictionary<string, string> Named(IComposeParser compose, RestoreTarget target, RestorePlan plan, ArchiveContents backup)
    {
        var coming = plan.Items.Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        var environment = coming.Contains(".env") && backup.Environment is { } theirs ? theirs : target.Deployment.Environment;
        var images = new Dictionary<string, string>(StringComparer.Ordinal);
        // Of several files of either kind compose reads the first.
        string?[] read = [ComposeFile.Names.Select(Find).OfType<string>().FirstOrDefault(), ComposeFile.OverrideNames.Select(Find).OfType<string>().FirstOrDefault()];
        foreach (var text in read.OfType<string>())
            foreach (var service in compose.Parse(text).Services)
                if (service.Image is { } image)
                    images[service.Name] = ComposeVariables.Resolve(image, environment);
        return images;

        string? Find(string name) => coming.Contains(name) ? backup.Texts.GetValueOrDefault(name) : target.Deployment.ComposeTexts.GetValueOrDefault(name);
    }
}
