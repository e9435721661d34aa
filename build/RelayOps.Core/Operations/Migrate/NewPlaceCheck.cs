using System.Collections.Immutable;
using System.Text.RegularExpressions;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <param name="Settings">What is different in <c>.env</c> there.</param>
internal sealed record CheckedPlace(Arrival Arrival, OwnerMap Owners, IReadOnlyDictionary<string, string> Settings);

/// <summary>Looks whether the new server can take the deployment over, before anything is changed on either.</summary>
internal sealed partial class NewPlaceCheck(IHost old, IHost host, IComposeParser compose, IReporter reporter, TimeProvider time)
{
    /// <summary>What the service writes while both datasets are there: the trial's and its own.</summary>
    private const long SpareBytes = 256L << 20;

    public static ImmutableArray<WantedImage> Images(OldServer source) => WantedImage.Of(source.Deployment.Images, []);

    public ImmutableArray<ImageSource> ImageSources(OldServer source) =>
        ImageSource.Of(old, source.Target.Survey) is { } there ? [there] : [];

    /// <exception cref="RelayOpsException">It cannot; every reason is told (<see cref="ExitStatus.WrongUse"/>).</exception>
    public async Task<NewServer> RunAsync(MoveRequest request, OldServer source, CancellationToken cancellationToken)
    {
        var needs = new NewServerNeeds
        {
            DeploymentPath = request.NewPath,
            Bytes = source.Deployment.Files.Sum(part => part.SizeBytes) + (3 * source.Redis.UsedMemory) + SpareBytes,
            Ports = ComposePort.Of([.. ComposeTexts(source).Select(compose.Parse)], Environment(request, source)),
            ComposeFile = source.Target.Survey.ComposeFile,
            ProjectName = Environment(request, source).Find("COMPOSE_PROJECT_NAME"),
            InstallDocker = request.InstallDocker,
            DryRun = request.DryRun,
            ConfirmAsync = request.ConfirmAsync,
        };
        var server = await new NewServerCheck(host, reporter, time).RunAsync(needs, cancellationToken);
        if (server.Survey.MachineId == source.Target.Survey.MachineId && server.Survey.NodeName == source.Target.Survey.NodeName && server.Survey.Path == source.Path)
            throw new RelayOpsException($"{source.Path} on {host.Name} is where the deployment is already", "old and new server are one and the same",
                "name another server with --new-server, or another directory with --new-deployment-path", ExitStatus.WrongUse);
        await DemandNamesAsync(server.Survey, source, cancellationToken);
        return server;
    }

    /// <param name="brought">Empty in a dry run.</param>
    public CheckedPlace Place(MoveRequest request, OldServer source, NewServer server, ImmutableArray<BroughtImage> brought)
    {
        var redis = source.Redis.Endpoint.Container!;
        var image = brought.FirstOrDefault(one => one.Wanted.Reference == redis.Image)?.Id ?? redis.ImageId;
        var arrival = new Arrival(host, server.Survey, OwnerRoute.Get(server.Survey, image, host.Name), Project(request, source, server.Survey.Path));
        return new CheckedPlace(arrival, new OwnerMap(source.UserId, source.GroupId, server.UserId, server.GroupId), Settings(request));
    }

    /// <summary>What an earlier migration that broke off left in the directory; it is known by its mark alone.</summary>
    public async Task ClearAsync(MoveRequest request, OldServer source, CancellationToken cancellationToken)
    {
        var said = await host.RunAsync(ServerSurvey.Command(request.NewPath), cancellationToken);
        var path = said.Output.Split('\n').FirstOrDefault(line => line.StartsWith("path=", StringComparison.Ordinal))?["path=".Length..];
        if (path is null)
            return;
        var mark = await host.RunAsync(HostCommand.ReadingScript("""[ -e "$1/$2" ] && { sed -n 1p "$1/$2" 2>/dev/null || :; }""", path, Arrival.Mark), cancellationToken);
        if (!mark.Succeeded)
            return;
        var survey = ServerSurvey.ParseComing(said.Output, host.Name, path, source.Target.Survey.ComposeFile);
        await DemandNeverServedAsync(survey, source, mark.Output.Trim(), cancellationToken);
        var arrival = new Arrival(host, survey, OwnerRoute.Get(survey, source.Deployment.Containers, host.Name), Project(request, source, path));
        var writing = survey.IsWritable ? FileRoute.Direct(path) : FileRoute.Sudo(path);
        await using (await DeploymentLock.AcquireAsync(host, writing, request.Owner, request.LockWait, time, reporter, cancellationToken))
            await arrival.RemoveAsync(cancellationToken);
        await arrival.UnmakeAsync(cancellationToken);
        reporter.Warn($"an earlier migration to {path} on {host.Name} broke off: what it had placed there was removed");
    }

    /// <summary>What clients wrote to a service that an operator has meanwhile replaced by the old one is nowhere else, whether or not its containers are still there.</summary>
    /// <param name="stamp">Of the migration that the mark is of.</param>
    private async Task DemandNeverServedAsync(ServerSurvey survey, OldServer source, string stamp, CancellationToken cancellationToken)
    {
        var result = survey.Docker is { } docker ? await host.RunAsync(docker.InspectContainers(), cancellationToken) : null;
        var served = Container.ParseAll(result?.Output ?? "").FirstOrDefault(one => one.ComposeDirectory == survey.Path && one is { HasRun: true, RunsRedis: false })?.Name;
        // One that was taken back by Rollback had been handed over before.
        var history = await new JournalFile(old, source.Target.Owner).ListHistoryAsync(cancellationToken);
        if (served is null && history.Any(past => past.Undoes == stamp))
            served = "its service";
        if (served is not null)
            throw new RelayOpsException($"an earlier migration to {survey.Path} on {host.Name} was never finished, and '{served}' has run there",
                "clients may have written to it, and what they wrote is nowhere else",
                "stop it there and look at its data; remove its containers and the directory once nothing of them is needed, or name another directory with --new-deployment-path",
                ExitStatus.WrongUse);
    }

    private static DotEnv Environment(MoveRequest request, OldServer source) =>
        source.Deployment.Environment with { Values = source.Deployment.Environment.Values.SetItems(Settings(request)) };

    private static string Project(MoveRequest request, OldServer source, string path) =>
        ProjectOf(path, Environment(request, source).Find("COMPOSE_PROJECT_NAME"));

    /// <summary>The file that compose reads first, and what overrides it.</summary>
    private static IEnumerable<string> ComposeTexts(OldServer source) => source.Deployment.ComposeTexts
        .Where(text => text.Key == source.Target.Survey.ComposeFile || ComposeFile.OverrideNames.Contains(text.Key)).Select(text => text.Value);

    /// <summary>As compose makes it of the directory's name, where nothing else is said.</summary>
    public static string ProjectOf(string path, string? named) =>
        NoProjectLetter().Replace((named ?? path.TrimEnd('/').Split('/')[^1]).ToLowerInvariant(), "").TrimStart('_', '-');

    private static Dictionary<string, string> Settings(MoveRequest request) => MovedConfig.Settings(request.NewPort, request.NewProject);

    /// <summary>A name that the compose file itself gives is there once on a machine.</summary>
    private async Task DemandNamesAsync(ServerSurvey survey, OldServer source, CancellationToken cancellationToken)
    {
        if (survey.Docker is not { } docker)
            return;
        var result = await host.RunAsync(docker.InspectContainers(), cancellationToken);
        var there = Container.ParseAll(result.Output).Where(container => container.ComposeDirectory != survey.Path).ToList();
        var own = source.Deployment.Containers.Where(container => !IsOfCompose(container)).Select(container => container.Name).ToHashSet();
        if (there.Find(container => own.Contains(container.Name)) is { } taken)
            throw new RelayOpsException($"{host.Name} has a container '{taken.Name}' already", "the compose file gives that very name (container_name)",
                "remove that container, or change the compose file", ExitStatus.WrongUse);
    }

    /// <summary>Named by compose after project and service, and not by the compose file.</summary>
    private static bool IsOfCompose(Container container) =>
        container.Name.StartsWith($"{container.ComposeProject}_{container.Service}_", StringComparison.Ordinal)
        || container.Name.StartsWith($"{container.ComposeProject}-{container.Service}-", StringComparison.Ordinal);

    [GeneratedRegex("[^-_a-z0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex NoProjectLetter();
}
