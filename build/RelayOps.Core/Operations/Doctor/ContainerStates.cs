using System.Collections.Immutable;
using System.Text.Json;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>What <c>docker inspect</c> says of how containers fare.</summary>
internal static class ContainerStates
{
    /// <param name="containers">Those of the deployment; others are passed over.</param>
    /// <param name="images">Ids of images that are there.</param>
    public static ImmutableArray<ContainerState> Parse(string inspectJson, IReadOnlyList<Container> containers, IReadOnlySet<string> images)
    {
        if (containers.Count == 0)
            return [];
        using var document = JsonDocument.Parse(inspectJson);
        var all = document.RootElement.EnumerateArray().ToDictionary(json => Text(json, "Id") ?? "");
        return [.. containers.Select(container => Of(container, all[container.Id], images.Contains(container.ImageId)))
            .OrderBy(state => state.Name, StringComparer.Ordinal)];
    }

    private static ContainerState Of(Container container, JsonElement json, bool hasImage)
    {
        var (state, host) = (Object(json, "State"), Object(json, "HostConfig"));
        var log = Object(host, "LogConfig");
        return new ContainerState
        {
            Name = container.Service ?? container.Name,
            IsRedis = container.RunsRedis,
            IsRunning = container.IsRunning,
            IsRestarting = state.ValueKind == JsonValueKind.Object && state.TryGetProperty("Restarting", out var restarting) && restarting.ValueKind == JsonValueKind.True,
            Restarts = (int)Number(json, "RestartCount"),
            Health = Text(Object(state, "Health"), "Status") is { } health and not "none" ? health : null,
            Image = container.Image,
            HasImage = hasImage,
            LogDriver = Text(log, "Type"),
            HasLogLimit = Text(Object(log, "Config"), "max-size") is not null,
            RestartPolicy = Text(Object(host, "RestartPolicy"), "Name") ?? "",
            Project = container.ComposeProject,
            MemoryLimit = Number(host, "Memory"),
            NetworkMode = Text(host, "NetworkMode") ?? "",
            Ports = [.. Ports(Object(host, "PortBindings"))],
        };
    }

    private static IEnumerable<PublishedPort> Ports(JsonElement bindings)
    {
        if (bindings.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var inside in bindings.EnumerateObject().Where(port => port.Value.ValueKind == JsonValueKind.Array))
            foreach (var outside in inside.Value.EnumerateArray())
                yield return new PublishedPort(Text(outside, "HostIp") ?? "", Text(outside, "HostPort") ?? "", inside.Name);
    }

    private static JsonElement Object(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement json, string name) =>
        Object(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static long Number(JsonElement json, string name) =>
        Object(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;
}
