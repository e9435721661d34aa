using System.Collections.Immutable;
using System.Text.Json;
using RelayOps.Core.Backups;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Deployments;

/// <summary>Looks at a deployment without changing anything: what is there, and by which way each part of it can be read.</summary>
/// <param name="compose">Reads what else a compose file refers to.</param>
public sealed class DeploymentInspection(IHost host, IComposeParser compose, IReporter reporter)
{
    private static readonly string[] ComposeNames = [.. ComposeFile.Names, .. ComposeFile.OverrideNames];

    /// <summary>Directories with a part of their own, or that are ours.</summary>
    private static readonly ImmutableArray<string> OwnParts = [RedisFinder.DataDirectory, "data", "logs", ".relayops"];

    private readonly Dictionary<string, string> _composeTexts = new(StringComparer.Ordinal);

    public async Task<InspectedDeployment> InspectAsync(string path, DeploymentParts parts, CancellationToken cancellationToken) =>
        await InspectAsync(await ServerSurvey.TakeAsync(host, path, cancellationToken), parts, cancellationToken);

    public async Task<InspectedDeployment> InspectAsync(ServerSurvey survey, DeploymentParts parts, CancellationToken cancellationToken)
    {
        var containers = await ListContainersAsync(host, survey, cancellationToken);
        var routes = new AccessRoutes(host, survey, containers);
        var config = await GetConfigAsync(survey, routes, cancellationToken);
        var environment = DotEnv.Parse(config.Tree.Find(".env") is null ? "" : await ReadTextAsync(config.Route, ".env", cancellationToken));
        foreach (var secret in environment.SecretsBeside([ArchiveName.Prefix, survey.Path, .. containers.SelectMany(container => new[] { container.Name, container.Image })]))
            reporter.Hide(secret);

        var data = ReachAsync(routes, survey, parts, DeploymentParts.Data, cancellationToken);
        var logs = ReachAsync(routes, survey, parts, DeploymentParts.Logs, cancellationToken);
        var images = ListImagesAsync(survey, containers, cancellationToken);
        var redis = parts.HasFlag(DeploymentParts.Redis)
            ? await new RedisFinder(host, survey, containers, environment).GetAsync(cancellationToken) : null;
        return new InspectedDeployment
        {
            HostName = host.Name,
            Survey = survey,
            Containers = containers,
            Images = await images,
            Files = [.. new[] { parts.HasFlag(DeploymentParts.Config) ? config : null, await data, await logs }.OfType<PartFiles>()],
            Redis = redis,
            DumpRoutes = redis is null ? [] : [.. DumpRoutes(survey, redis, routes)],
            Writing = routes.Writing(),
            Environment = environment,
            ComposeTexts = _composeTexts,
        };
    }

    /// <summary>Those of the deployment alone; none where docker is absent.</summary>
    /// <exception cref="RelayOpsException">docker does not tell them (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<ImmutableArray<Container>> ListContainersAsync(IHost host, ServerSurvey survey, CancellationToken cancellationToken)
    {
        if (survey.Docker is not { } docker)
            return [];
        var result = await host.RunAsync(docker.InspectContainers(), cancellationToken);
        return result.Succeeded
            ? [.. Container.ParseAll(result.Output).Where(container => container.BelongsTo(survey.Path))]
            : throw new RelayOpsException($"docker on {host.Name} does not list its containers", FirstLine.Of(result.Exit.Error),
                "run docker ps -a there by hand", ExitStatus.WrongUse);
    }

    /// <summary><c>.env</c>, the compose files, and what they refer to below the deployment's directory.</summary>
    private async Task<PartFiles> GetConfigAsync(ServerSurvey survey, AccessRoutes routes, CancellationToken cancellationToken)
    {
        string[] names = [".env", .. ComposeNames];
        var found = await routes.ReachAsync("config", survey.Path, "", names, cancellationToken)
            ?? throw new RelayOpsException($"cannot list {survey.Path} on {host.Name}", "it vanished while it was looked at", "try again");
        var more = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in ComposeNames.Where(name => found.Tree.Find(name) is not null))
        {
            _composeTexts[name] = await ReadTextAsync(found.Route, name, cancellationToken);
            more.UnionWith(ReferencedBy(name, _composeTexts[name]).Where(IsConfig));
        }

        more.ExceptWith(names);
        return more.Count == 0 ? found
            : await routes.ReachAsync("config", survey.Path, "", [.. names, .. more], cancellationToken) ?? found;
    }

    private ImmutableArray<string> ReferencedBy(string name, string text)
    {
        try
        {
            var file = compose.Parse(text);
            foreach (var outside in file.OutsidePaths)
                reporter.Warn($"{name} refers to {outside}, which lies outside of the deployment and is not in the backup");
            foreach (var volume in file.NamedVolumes)
                reporter.Warn($"{name} uses docker's volume {volume}, which is not in the backup");
            return file.ReferencedPaths;
        }
        catch (RelayOpsException unreadable) when (unreadable.Status == ExitStatus.BadBackup)
        {
            reporter.Warn($"{name} cannot be read, so what it refers to is not in the backup: {unreadable.Why}");
            return [];
        }
    }

    private static bool IsConfig(string path) =>
        path is not ("" or ".") && !path.StartsWith('/') && !path.Split('/').Contains("..") && !OwnParts.Contains(path.Split('/')[0]);

    private static async Task<PartFiles?> ReachAsync(
        AccessRoutes routes, ServerSurvey survey, DeploymentParts wanted, DeploymentParts part, CancellationToken cancellationToken)
    {
        var name = part == DeploymentParts.Data ? "data" : "logs";
        return wanted.HasFlag(part) ? await routes.ReachAsync(name, $"{survey.Path}/{name}", name, ["."], cancellationToken) : null;
    }

    private async Task<string> ReadTextAsync(FileRoute route, string name, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(route.Run(HostCommand.Reading("cat", "--", $"{route.Root}/{name}")), cancellationToken);
        return result.Succeeded ? result.Output : throw new RelayOpsException(
            $"cannot read {name} of the deployment on {host.Name}", FirstLine.Of(result.Exit.Error), "check who may read it", ExitStatus.WrongUse);
    }

    private async Task<ImmutableArray<ContainerImage>> ListImagesAsync(
        ServerSurvey survey, ImmutableArray<Container> containers, CancellationToken cancellationToken)
    {
        if (survey.Docker is not { } docker || containers.IsEmpty)
            return [];
        var result = await host.RunAsync(docker.InspectImages([.. containers.Select(container => container.ImageId).Distinct()]), cancellationToken);
        var digests = ParseDigests(result.Output);
        return [.. containers.Select(container => new ContainerImage(container.Service ?? container.Name, container.Image, container.ImageId,
                digests.GetValueOrDefault(container.ImageId, [])))
            .OrderBy(image => image.Service, StringComparer.Ordinal)];
    }

    /// <summary>An image that is gone from docker's own list has none: its container still names it.</summary>
    private static Dictionary<string, ImmutableArray<string>> ParseDigests(string inspectJson)
    {
        if (!inspectJson.TrimStart().StartsWith('['))
            return [];
        using var document = JsonDocument.Parse(inspectJson);
        return document.RootElement.EnumerateArray().ToDictionary(
            image => image.GetProperty("Id").GetString() ?? "",
            image => image.TryGetProperty("RepoDigests", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(digest => digest.GetString() ?? "").ToImmutableArray() : []);
    }

    private static IEnumerable<FileRoute> DumpRoutes(ServerSurvey survey, RedisServer redis, AccessRoutes routes)
    {
        var file = $"{redis.Directory.TrimEnd('/')}/{redis.DumpName}";
        if (redis.Endpoint.Container is not { } container || survey.Docker is not { } docker)
            return routes.To(file);
        // A Redis whose directory is no bind mount keeps its dump in itself: then only the container leads there.
        return container.OutsideOf(file) is { } outside
            ? routes.To(outside, redis.DumpOwner) : [FileRoute.Inside(docker, container, file, redis.DumpOwner)];
    }
}
