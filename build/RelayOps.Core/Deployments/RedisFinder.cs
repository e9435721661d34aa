using System.Collections.Immutable;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Deployments;

/// <summary>Finds the Redis of a deployment by its bind mount and compose label, or on the server itself by what <c>.env</c> says.</summary>
public sealed class RedisFinder(IHost host, ServerSurvey survey, IReadOnlyList<Container> containers, DotEnv environment)
{
    public const string DataDirectory = "redis_data";

    private static readonly ImmutableArray<string> Loopback = ["127.0.0.1", "localhost", "::1"];

    /// <exception cref="RelayOpsException">No Redis of the deployment runs, or it does not answer.</exception>
    public async Task<RedisServer> GetAsync(CancellationToken cancellationToken)
    {
        var redis = await AskAsync(cancellationToken);
        return !redis.IsLoading ? redis : throw new RelayOpsException(
            $"{redis.Endpoint.Name} is still loading its data", "a snapshot taken now would hold a part of them",
            "wait until redis-cli INFO persistence says loading:0");
    }

    /// <summary>The same of one that may still be loading.</summary>
    /// <exception cref="RelayOpsException">No Redis of the deployment runs, or it does not answer.</exception>
    public async Task<RedisServer> AskAsync(CancellationToken cancellationToken)
    {
        var endpoint = await FindInContainersAsync(cancellationToken) ?? FindOnServer() ?? throw NotRunning();
        return await RedisServer.AskAsync(host, endpoint, cancellationToken);
    }

    private async Task<RedisEndpoint?> FindInContainersAsync(CancellationToken cancellationToken)
    {
        var container = containers
            .Where(container => container is { IsRunning: true, RunsRedis: true } && container.BelongsTo(survey.Path))
            .OrderByDescending(container => container.InsideOf($"{survey.Path}/{DataDirectory}") is not null)
            .FirstOrDefault();
        if (container is null || survey.Docker is not { } docker)
            return null;
        var settings = RedisSettings.Parse(container.CommandLine, await ReadConfigurationAsync(docker, container, cancellationToken));
        return RedisEndpoint.Inside(docker, container, settings,
            Passwords(settings.Password, container.Environment.GetValueOrDefault("REDIS_PASSWORD"), environment.Find("REDIS_PASSWORD")));
    }

    private async Task<string?> ReadConfigurationAsync(DockerCli docker, Container container, CancellationToken cancellationToken)
    {
        if (RedisSettings.FindConfigurationFile(container) is not { } file)
            return null;
        var result = await host.RunAsync(docker.Exec(container.Id, "0", HostCommand.Reading("cat", file)), cancellationToken);
        return result.Succeeded ? result.Output : null;
    }

    /// <summary>Only what <c>.env</c> names on this very server: another machine's Redis is not ours to snapshot by file.</summary>
    private RedisEndpoint? FindOnServer()
    {
        if (environment.Find("REDIS_HOST") is not { Length: > 0 } address || !Loopback.Contains(address))
            return null;
        var port = environment.Find("REDIS_PORT") is { Length: > 0 } text ? text : "6379";
        var settings = RedisSettings.Parse(["--port", port], configurationFile: null);
        return RedisEndpoint.OnServer(address, settings, Passwords(environment.Find("REDIS_PASSWORD")));
    }

    private static ImmutableArray<string> Passwords(params ReadOnlySpan<string?> candidates)
    {
        var known = candidates.ToArray().OfType<string>().Where(password => password.Length > 0).Distinct();
        return [.. known, ""];
    }

    private RelayOpsException NotRunning() => survey.MovedTo is { } place
        ? new($"the service of {survey.Path} does not run on {host.Name} any more", $"it was moved to {place}",
            "go on there, or bring it back here with the Rollback target", ExitStatus.WrongUse)
        : survey.Docker is null
        ? new($"cannot find the Redis of {survey.Path} on {host.Name}",
            survey.DockerError is { } refusal ? $"docker refused {survey.User}: {refusal}" : "docker is not there",
            $"put {survey.User} into group docker, or allow sudo without a password", ExitStatus.WrongUse)
        : new($"no Redis of {survey.Path} runs on {host.Name}",
            $"no running redis-server container mounts anything below it{Stopped()}",
            $"start it ({survey.ComposeProgram ?? "docker compose"} up -d redis), or back up the files alone with --only config+data+logs");

    private string Stopped() =>
        containers.FirstOrDefault(container => container is { IsRunning: false, RunsRedis: true } && container.BelongsTo(survey.Path)) is { } stopped
            ? $"; '{stopped.Name}' does, but is stopped" : "";
}
