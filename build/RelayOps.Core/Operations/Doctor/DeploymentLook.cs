using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Docker, the deployment's files and its Redis, each asked in turn; what was seen before serves the next.</summary>
internal sealed class DeploymentLook(IHost host, IComposeParser parser, string path)
{
    /// <summary>As long as a healthy service may take to say so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private ServerSurvey? _survey;
    private string _surveyed = "";
    private ImmutableArray<Container> _containers = [];
    private bool? _composeAccepts;
    private ImmutableHashSet<string> _images = [];
    private DotEnv? _environment;

    public bool HasRedisOutside { get; private set; }

    /// <summary>A way to change files of the deployment, whoever owns them.</summary>
    public FileRoute Owner => OwnerRoute.Get(_survey ?? throw new InvalidOperationException("nothing was looked at"), _containers, host.Name);

    public IHost Host => host;

    public async Task<DockerFacts> AtDockerAsync(CancellationToken cancellationToken)
    {
        _surveyed = (await host.RunAsync(ServerSurvey.Command(path), cancellationToken)).Output;
        _survey = ServerSurvey.Read(_surveyed, host.Name);
        var facts = new DockerFacts { Version = _survey.DockerVersion, Error = _survey.DockerError, User = _survey.User, ComposeProgram = _survey.ComposeProgram };
        if (_survey.Docker is not { } docker)
            return facts;
        (var version, _composeAccepts) = await AskComposeAsync(docker, _survey, cancellationToken);
        facts = facts with { NeedsSudo = docker.NeedsSudo, ComposeVersion = version };
        if (_survey.Path.Length == 0)
            return facts;
        var inspected = await host.RunAsync(docker.InspectContainers(), cancellationToken);
        _containers = [.. Container.ParseAll(inspected.Output).Where(container => container.BelongsTo(_survey.Path))];
        _images = await FindImagesAsync(docker, _containers.Select(container => container.ImageId), cancellationToken);
        return facts with { Containers = ContainerStates.Parse(inspected.Output, _containers, _images) };
    }

    /// <exception cref="RelayOpsException">There is none.</exception>
    public async Task<DeploymentFacts> AtDeploymentAsync(CancellationToken cancellationToken)
    {
        _survey = ServerSurvey.Parse(_surveyed, host.Name, path);
        var (unreadable, routes) = (new List<string>(), new AccessRoutes(host, _survey, _containers));
        string[] names = [".env", _survey.ComposeFile];
        var config = await ReachAsync(routes, unreadable, "config", _survey.Path, names, cancellationToken);
        var data = await ReachAsync(routes, unreadable, "data", $"{_survey.Path}/data", ["."], cancellationToken);
        await ReachAsync(routes, unreadable, "logs", $"{_survey.Path}/logs", ["."], cancellationToken);
        await ReachAsync(routes, unreadable, RedisFinder.DataDirectory, $"{_survey.Path}/{RedisFinder.DataDirectory}", ["."], cancellationToken);
        _environment = await FindTextAsync(config, ".env", cancellationToken) is { } settings ? DotEnv.Parse(settings) : null;
        var (compose, problem) = Read(await FindTextAsync(config, _survey.ComposeFile, cancellationToken));
        var initial = await FindTextAsync(data, "init.json", cancellationToken);
        return new DeploymentFacts
        {
            Path = _survey.Path,
            ComposeFile = _survey.ComposeFile,
            HasEnvironmentFile = _survey.HasEnvironmentFile,
            Environment = _environment,
            Unreadable = [.. unreadable],
            Compose = compose,
            ComposeProblem = problem,
            ComposeAccepts = _composeAccepts,
            HasInitFile = initial is not null,
            AdministratorDiffers = initial is not null && (Differs(initial, "adminPassword", "ADMIN_PASSWORD") || Differs(initial, "adminUsername", "ADMIN_USERNAME")),
            ServicesWithImage = await FindServicesAsync(compose, cancellationToken),
            Health = await FindHealthAsync(cancellationToken),
        };
    }

    /// <exception cref="RelayOpsException">None runs, or it does not answer.</exception>
    public async Task<RedisFacts> AtRedisAsync(DockerFacts? docker, CancellationToken cancellationToken)
    {
        var finder = new RedisFinder(host, _survey!, _containers, _environment ?? DotEnv.Parse(""));
        var redis = await finder.AskAsync(cancellationToken);
        HasRedisOutside = redis.Endpoint.Container is null;
        var open = await host.RunAsync(redis.Endpoint.Route.Run(HostCommand.Reading("redis-cli", [.. redis.Endpoint.CliArguments, "PING"])), cancellationToken);
        var state = docker?.Containers.FirstOrDefault(container => container.IsRedis && container.IsRunning);
        var listening = await RedisListening.FindAsync(host, redis, state, cancellationToken);
        return new RedisFacts
        {
            Name = redis.Endpoint.Name,
            Version = redis.Version,
            Keys = redis.Keys,
            IsLoading = redis.IsLoading,
            IsAppendOnly = redis.IsAppendOnly,
            Save = redis.SavePoints,
            LastSaveStatus = redis.Info("rdb_last_bgsave_status"),
            AofWriteStatus = redis.Info("aof_last_write_status"),
            AofRewriteStatus = redis.Info("aof_last_bgrewrite_status"),
            Role = redis.Info("role"),
            MaxMemory = redis.Number("maxmemory"),
            EvictionPolicy = redis.Info("maxmemory_policy"),
            UsedMemory = redis.UsedMemory,
            FreeBytes = redis.FreeBytes,
            HasPassword = !open.Output.StartsWith("PONG", StringComparison.Ordinal),
            DataDirectory = redis.Endpoint.Container is { } container ? container.OutsideOf(redis.Directory) : redis.Directory,
            MemoryLimit = HasRedisOutside ? 0 : state?.MemoryLimit ?? 0,
            Exposed = [.. listening?.Exposed ?? state?.Exposed ?? []],
            Listening = listening,
        };
    }

    /// <summary>What compose says of a file it refuses may hold the file's text, so only that it does is heard.</summary>
    private async Task<(string? Version, bool? Accepts)> AskComposeAsync(DockerCli docker, ServerSurvey survey, CancellationToken cancellationToken)
    {
        const string script = """
            cd "$1" || exit 66
            shift
            printf 'version=%s\n' "$("$@" version --short 2>/dev/null </dev/null)"
            if "$@" config -q >/dev/null 2>&1 </dev/null; then echo accepts=yes; else echo accepts=no; fi
            """;
        if (survey.ComposeProgram is not { } program)
            return (null, null);
        var result = await host.RunAsync(HostCommand.ReadingScript(script,
            [survey.Path.Length > 0 ? survey.Path : "/", .. docker.Words[..^1], .. program.Split(' ')]), cancellationToken);
        var version = result.Output.Split('\n').FirstOrDefault(line => line.StartsWith("version=", StringComparison.Ordinal))?["version=".Length..];
        return (version is { Length: > 0 } ? version : null, result.Succeeded ? result.Output.Contains("accepts=yes", StringComparison.Ordinal) : null);
    }

    /// <summary>Those of the names that docker has.</summary>
    private async Task<ImmutableHashSet<string>> FindImagesAsync(DockerCli docker, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        const string script = """
            docker=$1
            shift
            for i do if $docker image inspect "$i" >/dev/null 2>&1 </dev/null; then printf '%s\n' "$i"; fi; done
            """;
        string[] wanted = [.. names.Distinct()];
        var result = await host.RunAsync(HostCommand.ReadingScript(script, [string.Join(' ', docker.Words), .. wanted]), cancellationToken);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task<ImmutableHashSet<string>> FindServicesAsync(ComposeFile? compose, CancellationToken cancellationToken)
    {
        if (_survey!.Docker is not { } docker || compose is null)
            return [];
        var made = _containers.Where(container => _images.Contains(container.ImageId)).Select(container => container.Service).OfType<string>();
        var named = compose.Services.Where(service => service is { IsBuilt: true, Image: not null }).ToList();
        var there = named.Count == 0 ? [] : await FindImagesAsync(docker, named.Select(service => service.Image!), cancellationToken);
        return [.. made, .. named.Where(service => there.Contains(service.Image!)).Select(service => service.Name)];
    }

    private static async Task<PartFiles?> ReachAsync(
        AccessRoutes routes, List<string> unreadable, string name, string path, string[] names, CancellationToken cancellationToken)
    {
        try
        {
            return await routes.ReachAsync(name, path, "", names, cancellationToken);
        }
        catch (RelayOpsException closed) when (closed.Status == ExitStatus.WrongUse)
        {
            unreadable.Add(closed.What);
            return null;
        }
    }

    private async Task<string?> FindTextAsync(PartFiles? part, string name, CancellationToken cancellationToken)
    {
        if (part?.Tree.Find(name) is null)
            return null;
        var result = await host.RunAsync(part.Route.Run(HostCommand.Reading("cat", "--", $"{part.Route.Root}/{name}")), cancellationToken);
        return result.Succeeded ? result.Output : null;
    }

    private (ComposeFile? File, string? Problem) Read(string? text)
    {
        try
        {
            return text is null ? (null, "it cannot be read") : (parser.Parse(text), null);
        }
        catch (RelayOpsException unreadable)
        {
            return (null, unreadable.Why);
        }
    }

    private bool Differs(string initial, string member, string setting) =>
        _environment?.Find(setting) is { } said && InitialSettings.Find(initial, member) is { } rules && said != rules;

    private async Task<string?> FindHealthAsync(CancellationToken cancellationToken)
    {
        var app = _containers.Where(container => container is { IsRunning: true, RunsRedis: false })
            .OrderByDescending(container => container.Image.Contains("claude-relay", StringComparison.Ordinal) || container.Service == "claude-relay").FirstOrDefault();
        if (app is null || _survey!.Docker is not { } docker)
            return null;
        return FirstLine.Of((await host.RunAsync(ServiceHealth.WaitCommand(docker, app.Id, Patience), cancellationToken)).Output);
    }
}
