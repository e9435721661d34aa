using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Update;

/// <summary>Which running containers could get a newer image, by what compose itself makes of its file; the rest is told and left alone.</summary>
public static class UpdatableImages
{
    /// <exception cref="RelayOpsException">Nothing runs, or compose cannot read its file (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<ImmutableArray<(Container Container, string Name)>> ListAsync(
        IHost host, IComposeParser parser, RestoreTarget target, IReporter reporter, CancellationToken cancellationToken)
    {
        if (target.Services.Docker is null || target.Survey.ComposeProgram is null)
            throw new RelayOpsException($"cannot update on {host.Name}", target.Survey.DockerError ?? "docker compose is not there",
                "install docker and docker compose there, and put the user into group docker", ExitStatus.WrongUse);
        var result = await host.RunAsync(target.Services.ConfigurationCommand(), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"compose refuses the file of {target.Survey.Path} on {host.Name}", FirstLine.Of(result.Exit.Error),
                $"run {target.Survey.ComposeProgram} config there", ExitStatus.WrongUse);
        if (!target.Deployment.Containers.Any(container => container.IsRunning))
            throw new RelayOpsException($"there is nothing to update in {target.Survey.Path} on {host.Name}", "none of its containers runs",
                "start the deployment first (docker compose up -d)", ExitStatus.WrongUse);
        var services = parser.Parse(result.Output).Services.ToDictionary(service => service.Name);
        var found = ImmutableArray.CreateBuilder<(Container, string)>();
        foreach (var container in target.Deployment.Containers.Where(container => container.IsRunning))
        {
            var (name, why) = Judge(container, services);
            if (name is not null)
                found.Add((container, name));
            else
                reporter.Note($"{container.Service ?? container.Name} is left alone: {why}");
        }

        return found.ToImmutable();
    }

    private static (string? Name, string Why) Judge(Container container, Dictionary<string, ComposeService> services) =>
        container.Service is not { } service ? (null, "compose did not make it")
        : services.GetValueOrDefault(service) is not { } known ? (null, "the compose file does not name it")
        : known.Image is not { Length: > 0 } image ? (null, "it is built there (build:), so no registry has a newer one")
        : image.Contains('@', StringComparison.Ordinal) ? (null, "its image is pinned to a digest; to change it, change the compose file")
        : (image, "");
}
