using YamlDotNet.RepresentationModel;

namespace RelayOps.Adapters.Deployments;

/// <summary>Reads YAML nodes in the several forms that compose accepts.</summary>
internal static class ComposeNodes
{
    public static YamlNode? Find(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    public static string? Text(YamlMappingNode node, string key) => Find(node, key) is YamlScalarNode scalar ? scalar.Value : null;

    public static IEnumerable<YamlNode> Items(YamlNode? node) => node switch
    {
        YamlSequenceNode sequence => sequence.Children,
        null => [],
        _ => [node],
    };

    /// <summary>Variables of an <c>environment</c>, a list or a mapping, whose value is there and is not taken from elsewhere.</summary>
    public static IEnumerable<string> OwnVariables(YamlNode? environment)
    {
        var pairs = environment is YamlMappingNode mapping
            ? mapping.Children.Select(child => (Name: (child.Key as YamlScalarNode)?.Value, (child.Value as YamlScalarNode)?.Value))
            : Items(environment).OfType<YamlScalarNode>().Select(Split);
        return pairs.Where(pair => pair.Name is not null && !string.IsNullOrEmpty(pair.Value) && !pair.Value.Contains('$', StringComparison.Ordinal))
            .Select(pair => pair.Name!);
    }

    /// <summary>One item of <c>ports</c> in the short form; null for what it is not.</summary>
    public static string? Port(YamlNode item) => item switch
    {
        YamlScalarNode scalar => scalar.Value,
        YamlMappingNode mapping when Text(mapping, "published") is { } published =>
            $"{(Text(mapping, "host_ip") is { Length: > 0 } address ? address + ":" : "")}{published}:{Text(mapping, "target")}/{Text(mapping, "protocol") ?? "tcp"}",
        _ => null,
    };

    private static (string? Name, string? Value) Split(YamlScalarNode item)
    {
        var parts = (item.Value ?? "").Split('=', 2);
        return (parts[0], parts.Length == 2 ? parts[1] : null);
    }
}
