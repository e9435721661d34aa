using System.Collections.Immutable;

namespace RelayOps.Core.Operations.Status;

/// <summary>A deployment as it runs at this moment.</summary>
public sealed record ServerStatus
{
    /// <summary>Of a service that does not run in docker, so that nobody here knows how it is asked.</summary>
    public const string Unknown = "unknown";

    /// <summary>As the operator named it.</summary>
    public required string Name { get; init; }

    public required string Path { get; init; }

    /// <summary><c>healthy</c>, <see cref="Unknown"/>, or what is wrong with the service.</summary>
    public required string Health { get; init; }

    /// <summary>Null where it does not answer: then <see cref="RedisError"/> says why.</summary>
    public required RedisStatus? Redis { get; init; }

    public required string? RedisError { get; init; }

    public required ImmutableArray<ContainerStatus> Containers { get; init; }

    /// <summary>On the file system of the deployment.</summary>
    public required long FreeBytes { get; init; }

    public ImmutableArray<string> Warnings =>
    [
        .. Redis is { } redis && FreeBytes < redis.UsedMemoryBytes ? [$"less disk is free on {Name} than redis has in memory: it may not be able to save"] : Array.Empty<string>(),
        .. Containers.Where(container => container.State == "restarting" || container.Health == "unhealthy")
            .Select(container => $"{container.Name} is {(container.State == "restarting" ? "restarting" : "unhealthy")}, after {container.Restarts} restarts"),
    ];

    public IEnumerable<RelayOpsException> FindProblems()
    {
        if (Health is not ("healthy" or Unknown))
            yield return new RelayOpsException($"the service on {Name} is not healthy", Health, "read its log there (docker compose logs), and run the Doctor target");
        if (Redis is null)
            yield return new RelayOpsException($"redis on {Name} is not well", RedisError ?? "it does not answer", "read its log there (docker compose logs redis)");
        else if (!Redis.LastSaveSucceeded || !Redis.LastAppendSucceeded)
            yield return new RelayOpsException($"redis on {Name} cannot save", $"its last {(Redis.LastSaveSucceeded ? "write of the append-only file" : "save")} failed",
                "free disk space and memory there, then have it save (redis-cli BGSAVE)");
    }
}

public sealed record RedisStatus
{
    public required string Version { get; init; }

    public required long Keys { get; init; }

    public required long UsedMemoryBytes { get; init; }

    public required bool LastSaveSucceeded { get; init; }

    /// <summary>Null where it does not say.</summary>
    public required DateTimeOffset? LastSavedAt { get; init; }

    /// <summary>True where there is no append-only file.</summary>
    public required bool LastAppendSucceeded { get; init; }
}

/// <param name="Service">What compose calls it; null where compose did not make it.</param>
/// <param name="Health">What its own health check says; null where it has none.</param>
/// <param name="Restarts">By docker itself, since the container was made.</param>
public sealed record ContainerStatus(string Name, string? Service, string Image, string State, string? Health, int Restarts);
