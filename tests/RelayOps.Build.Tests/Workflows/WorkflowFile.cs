using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace RelayOps.Build.Tests.Workflows;

/// <summary>A workflow as its file has it.</summary>
internal sealed class WorkflowFile(string name, string text)
{
    private readonly YamlMappingNode root = Parse(text);

    public string Name => name;

    public string Text => text;

    public YamlNode? Permissions => Find(root, "permissions");

    public IReadOnlyList<WorkflowJob> Jobs =>
        [.. ((YamlMappingNode)root["jobs"]).Children.Select(job => new WorkflowJob(((YamlScalarNode)job.Key).Value!, (YamlMappingNode)job.Value))];

    /// <summary>When it runs by itself.</summary>
    public IReadOnlyList<string> Schedules =>
        Find(Find(root, "on"), "schedule") is YamlSequenceNode schedules ? [.. schedules.Children.Select(schedule => TextOf(schedule, "cron")!)] : [];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Paths { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, ".github", "workflows")).Order(StringComparer.Ordinal)];

    public static WorkflowFile Read(string path) => new(Path.GetFileName(path), File.ReadAllText(path));

    /// <summary>Of what a dispatch asks for.</summary>
    public string? Input(string input, string key) => TextOf(Find(Find(Find(Find(root, "on"), "workflow_dispatch"), "inputs"), input), key);

    /// <summary>Between which a dispatch lets somebody choose; none where it takes any text.</summary>
    public IReadOnlyList<string> Options(string input) => Input(input, "type") == "boolean" ? ["true", "false"]
        : Find(Find(Find(Find(Find(root, "on"), "workflow_dispatch"), "inputs"), input), "options") is YamlSequenceNode options
            ? [.. options.Children.Select(option => ((YamlScalarNode)option).Value!)] : [];

    internal static YamlNode? Find(YamlNode? node, string key) =>
        (node as YamlMappingNode)?.Children.FirstOrDefault(child => ((YamlScalarNode)child.Key).Value == key).Value;

    internal static string? TextOf(YamlNode? node, string key) => (Find(node, key) as YamlScalarNode)?.Value;

    private static YamlMappingNode Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RelayOps.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("not below RelayOps' own directory");
        return directory.FullName;
    }
}

internal sealed record WorkflowJob(string Id, YamlMappingNode Node)
{
    public IReadOnlyList<WorkflowStep> Steps => [.. ((YamlSequenceNode)Node["steps"]).Children.Select(step => new WorkflowStep((YamlMappingNode)step))];

    public string? Find(string key) => WorkflowFile.TextOf(Node, key);

    /// <summary>In the order of the file; null where it is no list of single permissions, such as <c>write-all</c>.</summary>
    public string? Permissions => WorkflowFile.Find(Node, "permissions") is YamlMappingNode permissions
        ? string.Join(", ", permissions.Children.Select(permission => $"{permission.Key}: {permission.Value}")) : null;

    public bool Has(string key) => WorkflowFile.Find(Node, key) is not null;

    public string? Concurrency(string key) => WorkflowFile.TextOf(WorkflowFile.Find(Node, "concurrency"), key);
}

internal sealed partial record WorkflowStep(YamlMappingNode Node)
{
    public string? Uses => WorkflowFile.TextOf(Node, "uses");

    public string? Run => WorkflowFile.TextOf(Node, "run");

    public string? If => WorkflowFile.TextOf(Node, "if");

    public string? With(string key) => WorkflowFile.TextOf(WorkflowFile.Find(Node, "with"), key);

    public IReadOnlyList<string> Environment =>
        WorkflowFile.Find(Node, "env") is YamlMappingNode variables ? [.. variables.Children.Keys.Select(key => ((YamlScalarNode)key).Value!)] : [];

    public string? Value(string variable) => WorkflowFile.TextOf(WorkflowFile.Find(Node, "env"), variable);

    /// <summary>The targets of a call of RelayOps; null when the step runs something else.</summary>
    public IReadOnlyList<string>? Targets =>
        Run is not null && Call().Match(Run) is { Success: true } call ? call.Groups["targets"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) : null;

    [GeneratedRegex(@"\A\./build\.(sh|cmd)(?<targets>( [A-Za-z]+)*)\s*\z")]
    private static partial Regex Call();
}
