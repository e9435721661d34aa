using RelayOps.Adapters.Deployments;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Operations.Update;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>A deployment whose images come from a registry of its own, and the versions of the service that appear there.</summary>
internal sealed class Versions : IAsyncDisposable
{
    private readonly Registry _registry;
    private int _published;

    private Versions(Registry registry, Scenario scenario, string service, string redis)
    {
        _registry = registry;
        Scenario = scenario;
        Service = service;
        Redis = redis;
    }

    public Scenario Scenario { get; }

    /// <summary>Names as the compose file has them.</summary>
    public string Service { get; }

    public string Redis { get; }

    public static async Task<Versions> BeginAsync(Server server, ServerUser user, DeploymentOptions? options = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var registry = await Registry.StartAsync(patience.Token);
        var (service, redis) = (registry.Name("claude-relay-service:latest"), registry.Name("redis:7-alpine"));
        await Task.WhenAll(
            Registry.PublishServiceAsync(service, patience.Token, "LABEL version=0"), Registry.PublishRedisAsync(redis, patience.Token, "LABEL version=0"));
        await Task.WhenAll(DockerDaemon.RunAsync(["pull", "-q", service], patience.Token), DockerDaemon.RunAsync(["pull", "-q", redis], patience.Token));
        var scenario = await Scenario.BeginAsync(
            server, user, (options ?? new DeploymentOptions { DirectoryName = Beside.Directory }) with { ServiceImage = service, RedisImage = redis }, TimeSpan.FromMinutes(30));
        return new Versions(registry, scenario, service, redis);
    }

    public Task PublishAsync() => Registry.PublishServiceAsync(Service, Scenario.Patience, $"LABEL version={++_published}");

    public Task PublishRedisAsync() => Registry.PublishRedisAsync(Redis, Scenario.Patience, $"LABEL version={++_published}");

    /// <summary>It starts, and never answers.</summary>
    public Task PublishDeafAsync() => Registry.PublishServiceAsync(Service, Scenario.Patience, $"LABEL version={++_published}",
        """ENTRYPOINT ["/bin/sh", "-c", "trap exit TERM; while :; do sleep 1 & wait; done"]""");

    /// <summary>It turns the data into what only itself could read, and then fails.</summary>
    public Task PublishMigratingAsync() => Registry.PublishServiceAsync(Service, Scenario.Patience, $"LABEL version={++_published}",
        """ENTRYPOINT ["/bin/sh", "-c", "relay-redis set migrated yes; relay-redis del apikey:hash_map; echo migrated >data/init.json; rm -f data/model_pricing.json; exit 1"]""");

    public UpdateRequest Request => new()
    {
        DeploymentPath = Scenario.Path,
        HealthTimeout = TimeSpan.FromMinutes(3),
        Owner = new LockOwner("Update", "tester", "here", null, DateTimeOffset.UtcNow),
        LockWait = TimeSpan.Zero,
    };

    public Task<UpdateOutcome> UpdateAsync(UpdateRequest? request = null, IHost? through = null) =>
        new UpdateOperation(through ?? Scenario.Host, new YamlComposeParser(), Scenario.Said, TimeProvider.System).RunAsync(request ?? Request, Scenario.Patience);

    public Task<RestoreTarget> InspectAsync() =>
        RestoreTarget.InspectAsync(Scenario.Host, new YamlComposeParser(), Scenario.Said, Scenario.Path, Scenario.Patience);

    /// <summary>What the next run of anything else does first.</summary>
    public Task RecoverAsync() => new RecoverOperation(Scenario.Host, new YamlComposeParser(), Scenario.Said, TimeProvider.System)
        .RunAsync(Scenario.Path, Request.Owner, TimeSpan.Zero, Scenario.Patience);

    public Task<string> ContainerAsync(string service) => Scenario.Deployment.ContainerAsync(service, Scenario.Patience);

    /// <summary>The image that a service runs.</summary>
    public async Task<string> RunningAsync(string service = "claude-relay") =>
        (await DockerDaemon.RunAsync(["inspect", "-f", "{{.Image}}", await ContainerAsync(service)], Scenario.Patience)).Trim();

    /// <summary>Of everything but what the service itself forgets when it is stopped: who was being served.</summary>
    public async Task<string> DigestAsync()
    {
        await Scenario.RedisAsync("EVAL", "for _, key in ipairs(redis.call('KEYS', 'concurrency:*')) do redis.call('DEL', key) end", "0");
        return await Scenario.DigestAsync();
    }

    /// <summary>What a name means on the server: what compose would start.</summary>
    public async Task<string> MeansAsync(string name) =>
        (await DockerDaemon.RunAsync(["image", "inspect", "-f", "{{.Id}}", name], Scenario.Patience)).Trim();

    /// <summary>Ids of all images that docker has, in whatever order.</summary>
    public async Task<HashSet<string>> ImagesAsync() =>
        [.. (await DockerDaemon.RunAsync(["images", "-aq", "--no-trunc"], Scenario.Patience)).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    public async ValueTask DisposeAsync()
    {
        await Scenario.DisposeAsync();
        await _registry.DisposeAsync();
    }
}
