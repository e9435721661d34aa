using System.Collections.Immutable;
using System.Text.Json;

namespace RelayOps.Core.Deployments;

/// <summary>A container as <c>docker inspect</c> tells it; only what we use.</summary>
public sealed record Container
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required bool IsRunning { get; init; }

    /// <summary>It was started at least once since it was made.</summary>
    public bool HasRun { get; init; }

    /// <summary>E.g. <c>running</c>, <c>restarting</c>, <c>exited</c>; empty where docker does not say.</summary>
    public string State { get; init; } = "";

    /// <summary>What its own health check says; null where it has none.</summary>
    public string? Health { get; init; }

    /// <summary>By docker itself, since the container was made.</summary>
    public int Restarts { get; init; }

    public required string Image { get; init; }

    public required string ImageId { get; init; }

    /// <summary>The compose service, or null where compose did not make it.</summary>
    public string? Service { get; init; }

    /// <summary>The directory compose was called in.</summary>
    public string? ComposeDirectory { get; init; }

    /// <summary>What compose calls all of them together.</summary>
    public string? ComposeProject { get; init; }

    /// <summary>Program and arguments.</summary>
    public required ImmutableArray<string> CommandLine { get; init; }

    /// <summary>May hold secrets: never shown.</summary>
    public required ImmutableDictionary<string, string> Environment { get; init; }

    public required ImmutableArray<Mount> Mounts { get; init; }

    /// <summary>Docker itself starts it at its own start, although somebody has stopped it.</summary>
    public bool ComesBackByItself { get; init; }

    public bool RunsRedis => CommandLine.Any(word => word.Contains("redis-server", StringComparison.Ordinal)
        || word.Contains("valkey-server", StringComparison.Ordinal));

    /// <summary>Where a path of the server is inside the container; null when it is not mounted there.</summary>
    public string? InsideOf(string hostPath) => Mounts
        .Where(mount => IsBelow(hostPath, mount.Source))
        .OrderByDescending(mount => mount.Source.Length)
        .Select(mount => mount.Destination.TrimEnd('/') + hostPath[mount.Source.Length..])
        .FirstOrDefault();

    /// <summary>Where a path inside the container is on the server; null when it lives in the container alone.</summary>
    public string? OutsideOf(string containerPath) => Mounts
        .Where(mount => IsBelow(containerPath, mount.Destination))
        .OrderByDescending(mount => mount.Destination.Length)
        .Select(mount => mount.Source.TrimEnd('/') + containerPath[mount.Destination.Length..])
        .FirstOrDefault();

    /// <summary>Belongs to the deployment: it mounts something of it, or compose made it there.</summary>
    public bool BelongsTo(string deploymentPath) =>
        ComposeDirectory == deploymentPath || Mounts.Any(mount => IsBelow(mount.Source, deploymentPath));

    /// <summary>The one that answers <c>/health</c>; null where there is none.</summary>
    /// <param name="apps">Those that do not run Redis.</param>
    public static Container? FindApp(IEnumerable<Container> apps, string deploymentPath) => apps
        .OrderByDescending(container => container.Image.Contains("claude-relay", StringComparison.Ordinal) || container.Service == "claude-relay")
        .ThenByDescending(container => container.InsideOf($"{deploymentPath}/data") is not null).FirstOrDefault();

    /// <exception cref="JsonException">docker said something else.</exception>
    public static ImmutableArray<Container> ParseAll(string inspectJson)
    {
        if (string.IsNullOrWhiteSpace(inspectJson))
            return [];
        using var document = JsonDocument.Parse(inspectJson);
        return [.. document.RootElement.EnumerateArray().Where(json => !IsOwn(json)).Select(Parse)];
    }

    /// <summary>One that stands for the commands of this program is no part of any deployment.</summary>
    private static bool IsOwn(JsonElement json) => Texts(json.GetProperty("Config"), "Labels").ContainsKey(ThrowawayContainer.Label);

    private static bool IsBelow(string path, string directory) =>
        path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static Container Parse(JsonElement json)
    {
        var config = json.GetProperty("Config");
        var labels = Texts(config, "Labels");
        var state = json.GetProperty(nameof(State));
        return new Container
        {
            Id = Text(json, "Id") ?? "",
            Name = (Text(json, "Name") ?? "").TrimStart('/'),
            IsRunning = state.GetProperty("Running").GetBoolean(),
            HasRun = Text(state, "StartedAt") is { } started && !started.StartsWith("0001-", StringComparison.Ordinal),
            State = Text(state, "Status") ?? "",
            Health = state.TryGetProperty(nameof(Health), out var health) && health.ValueKind == JsonValueKind.Object ? Text(health, "Status") : null,
            Restarts = json.TryGetProperty("RestartCount", out var restarts) && restarts.TryGetInt32(out var count) ? count : 0,
            Image = Text(config, "Image") ?? "",
            ImageId = Text(json, "Image") ?? "",
            Service = labels.GetValueOrDefault("com.docker.compose.service"),
            ComposeDirectory = labels.GetValueOrDefault("com.docker.compose.project.working_dir"),
            ComposeProject = labels.GetValueOrDefault("com.docker.compose.project"),
            CommandLine = [Text(json, "Path") ?? "", .. List(json, "Args").Select(word => word.GetString() ?? "")],
            Environment = List(config, "Env").Select(line => (line.GetString() ?? "").Split('=', 2))
                .Where(pair => pair.Length == 2)
                .GroupBy(pair => pair[0])
                .ToImmutableDictionary(pairs => pairs.Key, pairs => pairs.Last()[1]),
            ComesBackByItself = json.TryGetProperty("HostConfig", out var host) && host.TryGetProperty("RestartPolicy", out var policy)
                && Text(policy, "Name") == "always",
            Mounts = [.. List(json, "Mounts").Select(mount => new Mount(Text(mount, "Source") ?? "", Text(mount, "Destination") ?? ""))
                .Where(mount => mount.Source.Length > 0 && mount.Destination.Length > 0)],
        };
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement.ArrayEnumerator List(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;

    private static ImmutableDictionary<string, string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().ToImmutableDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "")
            : ImmutableDictionary<string, string>.Empty;
}

public sealed record Mount(string Source, string Destination);
