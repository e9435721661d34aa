using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Status;

/// <summary>Looks at a running deployment, and only looks: it takes no lock, so it may be asked while an operation is at work.</summary>
public sealed class ServerLook(IHost host)
{
    private static readonly TimeSpan HealthPatience = TimeSpan.FromSeconds(5);

    private const string Separator = "\n--- containers ---\n";

    /// <summary>
    /// $1 directory, then the words of docker, if it is there. What <c>.env</c> says of Redis and all that docker knows, in one round trip: docker
    /// writes no line break inside of a text, so the last separator is ours.
    /// </summary>
    private const string Script = """
        cd "$1" || exit 66
        shift
        cat .env 2>/dev/null || sudo -n cat .env 2>/dev/null
        printf '\n--- containers ---\n'
        [ $# -gt 0 ] || exit 0

        """ + DockerCli.InspectScript;

    /// <exception cref="RelayOpsException">The deployment cannot be looked at.</exception>
    public async Task<ServerStatus> RunAsync(string deploymentPath, CancellationToken cancellationToken)
    {
        var survey = await ServerSurvey.TakeAsync(host, deploymentPath, cancellationToken);
        var result = await host.RunAsync(
            HostCommand.ReadingScript(Script, [survey.Path, .. survey.Docker?.Words ?? []]), cancellationToken);
        if (!result.Succeeded)
            throw new RelayOpsException($"docker on {host.Name} does not list its containers", FirstLine.Of(result.Exit.Error),
                "run docker ps -a there by hand", ExitStatus.WrongUse);
        var cut = result.Output.LastIndexOf(Separator, StringComparison.Ordinal);
        var environment = DotEnv.Parse(result.Output[..cut]);
        var containers = Container.ParseAll(result.Output[(cut + Separator.Length)..])
            .Where(container => container.BelongsTo(survey.Path)).OrderBy(container => container.Name, StringComparer.Ordinal).ToImmutableArray();

        // Side by side: neither has to wait for the other.
        var asking = AskRedisAsync(survey, containers, environment, cancellationToken);
        var health = await AskServiceAsync(survey, containers, cancellationToken);
        var (redis, error) = await asking;
        return new ServerStatus
        {
            Name = host.Name,
            Path = survey.Path,
            Health = containers.IsEmpty && redis is { Endpoint.Container: null } ? ServerStatus.Unknown : health,
            Redis = redis is null ? null : Describe(redis),
            RedisError = error,
            Containers = [.. containers.Select(container =>
                new ContainerStatus(container.Name, container.Service, container.Image, container.State, container.Health, container.Restarts))],
            FreeBytes = survey.FreeBytes,
        };
    }

    private async Task<(RedisServer? Redis, string? Error)> AskRedisAsync(
        ServerSurvey survey, ImmutableArray<Container> containers, DotEnv environment, CancellationToken cancellationToken)
    {
        try
        {
            return (await new RedisFinder(host, survey, containers, environment).GetAsync(cancellationToken), null);
        }
        catch (RelayOpsException exception) when (exception.Status != ExitStatus.NoConnection)
        {
            return (null, $"{exception.What}: {exception.Why}");
        }
    }

    private async Task<string> AskServiceAsync(ServerSurvey survey, ImmutableArray<Container> containers, CancellationToken cancellationToken)
    {
        if (survey.Docker is not { } docker)
            return survey.DockerError is { } refusal ? $"docker refused {survey.User}: {refusal}" : "docker is not there";
        if (Container.FindApp(containers.Where(container => !container.RunsRedis), survey.Path) is not { } app)
            return "no container of it is there";
        if (!app.IsRunning)
            return $"its container is {app.State}";
        var result = await host.RunAsync(ServiceHealth.WaitCommand(docker, app.Id, HealthPatience), cancellationToken);
        return FirstLine.Of(result.Output);
    }

    private static RedisStatus Describe(RedisServer redis) => new()
    {
        Version = redis.Version,
        Keys = redis.Keys,
        UsedMemoryBytes = redis.UsedMemory,
        LastSaveSucceeded = !redis.LastSaveFailed,
        LastSavedAt = redis.LastSavedAt,
        LastAppendSucceeded = !redis.LastAppendFailed,
    };
}
