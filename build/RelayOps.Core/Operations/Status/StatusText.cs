using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Status;

/// <summary>A server's state as lines for people.</summary>
internal static class StatusText
{
    public static IEnumerable<string> Of(ServerStatus server, DateTimeOffset now)
    {
        yield return $"service on {server.Name}: {server.Health}";
        yield return server.Redis is not { } redis ? $"redis: {server.RedisError}"
            : $"redis: up, version {redis.Version}, {Figures.Count(redis.Keys)} keys, {Figures.Bytes(redis.UsedMemoryBytes)} of memory, last save "
                + (redis.LastSaveSucceeded ? "succeeded" : "failed") + (redis.LastSavedAt is { } at ? $" ({Figures.Age(now - at)})" : "");
        foreach (var container in server.Containers)
            yield return $"{container.Name}: {container.State}{(container.Health is { } health ? $" ({health})" : "")}, {container.Restarts} restarts, {container.Image}";
        yield return $"disk: {Figures.Bytes(server.FreeBytes)} free at {server.Path}";
    }
}
