using System.Globalization;
using System.Text.RegularExpressions;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <param name="Settings">What is different in <c>.env</c> there.</param>
internal sealed record CheckedPlace(Arrival Arrival, OwnerMap Owners, IReadOnlyDictionary<string, string> Settings);

/// <summary>Looks whether the new server can take the deployment over, before anything is changed on either.</summary>
internal static partial class NewPlaceCheck
{
    public static async Task<CheckedPlace> RunAsync(
        IHost host, MoveRequest request, OldServer source, IReporter reporter, TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = Settings(request);
        var survey = await LookAsync(host, request.NewPath, cancellationToken);
        var project = ProjectOf(survey.Path, settings.GetValueOrDefault("COMPOSE_PROJECT_NAME") ?? source.Deployment.Environment.Find("COMPOSE_PROJECT_NAME"));
        await DemandNamesAsync(host, survey, source, project, cancellationToken);
        var arrival = new Arrival(host, survey, OwnerRoute.Get(survey, source.Deployment.Containers, host.Name), project);
        return new CheckedPlace(arrival, await OwnersAsync(host, source, cancellationToken), settings);
    }

    /// <summary>As compose makes it of the directory's name, where nothing else is said.</summary>
    public static string ProjectOf(string path, string? named) =>
        NoProjectLetter().Replace((named ?? path.TrimEnd('/').Split('/')[^1]).ToLowerInvariant(), "").TrimStart('_', '-');

    private static Dictionary<string, string> Settings(MoveRequest request)
    {
        var settings = new Dictionary<string, string>();
        if (request.NewPort is { } port)
            settings["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        if (request.NewProject is { } project)
            settings["COMPOSE_PROJECT_NAME"] = project;
        return settings;
    }

    private static async Task<ServerSurvey> LookAsync(IHost host, string path, CancellationToken cancellationToken)
    {
        var said = await host.RunAsync(ServerSurvey.Command(path), cancellationToken);
        var asked = said.Output.Split('\n').FirstOrDefault(line => line.StartsWith("asked=", StringComparison.Ordinal))?["asked=".Length..];
        return ServerSurvey.Parse($"{said.Output}\npath={asked}\ncompose=docker-compose.yml", host.Name, path);
    }

    /// <summary>Compose would take another deployment's containers of the same name for its own, and replace them.</summary>
    private static async Task DemandNamesAsync(IHost host, ServerSurvey survey, OldServer source, string project, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(survey.Docker!.InspectContainers(), cancellationToken);
        var there = Container.ParseAll(result.Output).Where(container => container.ComposeDirectory != survey.Path).ToList();
        if (there.Find(container => container.ComposeProject == project) is { } same)
            throw new RelayOpsException($"another deployment on {host.Name} has the project name {project}", $"compose made '{same.Name}' in {same.ComposeDirectory}",
                "choose another directory with --new-deployment-path, or another name with --new-project-name", ExitStatus.WrongUse);
        var own = source.Deployment.Containers.Where(container => !IsOfCompose(container)).Select(container => container.Name).ToHashSet();
        if (there.Find(container => own.Contains(container.Name)) is { } taken)
            throw new RelayOpsException($"{host.Name} has a container '{taken.Name}' already", "the compose file gives that very name (container_name)",
                "remove that container, or change the compose file", ExitStatus.WrongUse);
    }

    /// <summary>Named by compose after project and service, and not by the compose file.</summary>
    private static bool IsOfCompose(Container container) =>
        container.Name.StartsWith($"{container.ComposeProject}_{container.Service}_", StringComparison.Ordinal)
        || container.Name.StartsWith($"{container.ComposeProject}-{container.Service}-", StringComparison.Ordinal);

    private static async Task<OwnerMap> OwnersAsync(IHost host, OldServer source, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(HostCommand.ReadingScript("id -u; id -g"), cancellationToken);
        var ids = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray();
        return new OwnerMap(source.UserId, source.GroupId, ids[0], ids[1]);
    }

    [GeneratedRegex("[^-_a-z0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex NoProjectLetter();
}
