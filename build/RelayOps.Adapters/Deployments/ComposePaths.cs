using RelayOps.Core.Deployments;
using YamlDotNet.RepresentationModel;

namespace RelayOps.Adapters.Deployments;

/// <summary>Collects the files that a compose file refers to.</summary>
internal sealed class ComposePaths
{
    public SortedSet<string> Inside { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Outside { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> NamedVolumes { get; } = new(StringComparer.Ordinal);

    public void AddIncludes(YamlNode? include)
    {
        foreach (var item in ComposeNodes.Items(include))
        {
            Add((item as YamlScalarNode)?.Value);
            if (item is not YamlMappingNode mapping)
                continue;
            foreach (var key in new[] { "path", "env_file" })
            {
                foreach (var file in ComposeNodes.Items(ComposeNodes.Find(mapping, key)).OfType<YamlScalarNode>())
                    Add(file.Value);
            }
        }
    }

    /// <summary>Top-level <c>configs</c> and <c>secrets</c>: each may name a file.</summary>
    public void AddFiles(YamlNode? section)
    {
        if (section is not YamlMappingNode mapping)
            return;
        foreach (var entry in mapping.Children.Values.OfType<YamlMappingNode>())
            Add(ComposeNodes.Text(entry, "file"));
    }

    public void AddEnvFiles(YamlNode? envFile)
    {
        foreach (var item in ComposeNodes.Items(envFile))
            Add(item is YamlMappingNode mapping ? ComposeNodes.Text(mapping, "path") : (item as YamlScalarNode)?.Value);
    }

    /// <summary>One item of <c>volumes</c>: <c>source:target[:options]</c> or a mapping. Null when it is no bind.</summary>
    public ComposeBind? AddVolume(YamlNode volume)
    {
        var (source, target, named) = volume switch
        {
            YamlMappingNode mapping => (ComposeNodes.Text(mapping, "source"), ComposeNodes.Text(mapping, "target"),
                ComposeNodes.Text(mapping, "type") != "bind"),
            YamlScalarNode { Value: { } text } => Split(text),
            _ => (null, null, true),
        };
        if (string.IsNullOrEmpty(source))
            return null;
        if (named)
        {
            NamedVolumes.Add(source);
            return null;
        }

        Add(source);
        return new ComposeBind(source, target ?? "");
    }

    /// <summary>Variables cannot be resolved here: such a path is neither inside nor outside for certain, and counts as outside.</summary>
    public void Add(string? path)
    {
        if (string.IsNullOrWhiteSpace(path))
            return;
        if (path.StartsWith('/') || path.StartsWith('~') || path.Contains('$', StringComparison.Ordinal) || path.Contains("://", StringComparison.Ordinal))
        {
            Outside.Add(path);
            return;
        }

        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or ".")
                continue;
            if (segment != "..")
                kept.Add(segment);
            else if (kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
            else
            {
                Outside.Add(path);
                return;
            }
        }

        // "." is the deployment itself, of which a backup has what it has.
        if (kept.Count > 0)
            Inside.Add(string.Join('/', kept));
    }

    /// <summary>A source without a path's beginning is a volume's name, as compose has it.</summary>
    private static (string? Source, string? Target, bool Named) Split(string text)
    {
        // ${DIR:-./data} has a colon of its own.
        var start = text.StartsWith("${", StringComparison.Ordinal) ? Math.Max(text.IndexOf('}', StringComparison.Ordinal), 0) : 0;
        var colon = text.IndexOf(':', start);
        if (colon < 0)
            return (null, text, true);
        var source = text[..colon];
        var isPath = source.StartsWith('.') || source.StartsWith('/') || source.StartsWith('~') || source.StartsWith('$');
        return (source, text[(colon + 1)..].Split(':')[0], !isPath);
    }
}
