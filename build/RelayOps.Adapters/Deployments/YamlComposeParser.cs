using System.Collections.Immutable;
using RelayOps.Core;
using RelayOps.Core.Deployments;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace RelayOps.Adapters.Deployments;

/// <summary>Reads compose files by their YAML nodes: what it does not know it passes over, as a newer compose may.</summary>
public sealed class YamlComposeParser : IComposeParser
{
    /// <summary>Real ones have some kilobytes. Also bounds how much an alias can blow up.</summary>
    private const int LongestText = 1 << 20;

    private const int DeepestNesting = 64;

    public ComposeFile Parse(string text)
    {
        if (text.Length > LongestText)
            throw Bad($"it has more than {LongestText} characters", null);
        try
        {
            CheckNesting(text);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents is not [{ RootNode: YamlMappingNode root }])
                throw Bad("it is not one YAML mapping", null);
            if (ComposeNodes.Find(root, "services") is not YamlMappingNode services)
                throw Bad("it names no services", null);
            return Read(root, services);
        }
        catch (Exception exception) when (exception is YamlException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw Bad(exception is YamlException yaml ? $"line {yaml.Start.Line}: it is not valid YAML" : "it is not valid YAML", exception);
        }
    }

    /// <summary>The node reader calls itself for each level: a deep file would end the process.</summary>
    private static void CheckNesting(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current is MappingStart or SequenceStart ? 1 : parser.Current is MappingEnd or SequenceEnd ? -1 : 0;
            if (depth > DeepestNesting)
                throw Bad($"it is nested deeper than {DeepestNesting} levels", null);
        }
    }

    private static ComposeFile Read(YamlMappingNode root, YamlMappingNode services)
    {
        var paths = new ComposePaths();
        paths.AddIncludes(ComposeNodes.Find(root, "include"));
        paths.AddFiles(ComposeNodes.Find(root, "configs"));
        paths.AddFiles(ComposeNodes.Find(root, "secrets"));
        var read = services.Children
            .Where(child => child is { Key: YamlScalarNode, Value: YamlMappingNode })
            .Select(child => ReadService(((YamlScalarNode)child.Key).Value ?? "", (YamlMappingNode)child.Value, paths))
            .ToImmutableArray();
        return new ComposeFile
        {
            Services = read,
            ReferencedPaths = [.. paths.Inside],
            OutsidePaths = [.. paths.Outside],
            NamedVolumes = [.. paths.NamedVolumes],
        };
    }

    private static ComposeService ReadService(string name, YamlMappingNode service, ComposePaths paths)
    {
        paths.AddEnvFiles(ComposeNodes.Find(service, "env_file"));
        if (ComposeNodes.Find(service, "extends") is YamlMappingNode extends)
            paths.Add(ComposeNodes.Text(extends, "file"));
        var binds = ComposeNodes.Items(ComposeNodes.Find(service, "volumes")).Select(paths.AddVolume).OfType<ComposeBind>();
        return new ComposeService
        {
            Name = name,
            Image = ComposeNodes.Text(service, "image"),
            IsBuilt = ComposeNodes.Find(service, "build") is not null,
            OwnVariables = [.. ComposeNodes.OwnVariables(ComposeNodes.Find(service, "environment"))],
            Binds = [.. binds],
            Ports = [.. ComposeNodes.Items(ComposeNodes.Find(service, "ports")).Select(ComposeNodes.Port).OfType<string>()],
        };
    }

    private static RelayOpsException Bad(string why, Exception? inner) =>
        new("the compose file cannot be used", why, "see what docker compose config says about it", ExitStatus.BadBackup, inner);
}
