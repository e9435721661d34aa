using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using RelayOps.Adapters.Tests.Stores;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing;
using RelayOps.Testing.Processes;

namespace RelayOps.EndToEnd.Tests.Workflows;

/// <summary>How a step of a workflow ended.</summary>
public sealed record RanStep(string Step, string Outcome, string? Log, string? Summary, Dictionary<string, string>? Outputs);

/// <summary>How a workflow ended.</summary>
public sealed record RanWorkflow(int Status, IReadOnlyList<RanStep> Steps)
{
    public RanStep this[string step] => Steps.Single(ran => ran.Step == step);

    public override string ToString() => $"status {Status}\n{string.Join('\n', Steps.Select(step => $"{step.Step}: {step.Outcome}\n{step.Log}"))}";
}

/// <summary>
/// A runner's workspace in which this repository's workflows run for real: their own steps, with files for outputs and summary, and
/// GitHub's own evaluator for expressions. Only <c>build.sh</c> is a shortcut to what it would have built.
/// </summary>
public sealed class WorkflowRunner : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("relayops-runner-");

    public WorkflowRunner(Uri apiUrl, string token, string deploymentPath)
    {
        var assembly = Path.Combine(RelayOpsProcess.Root, "build", "bin", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "_build.dll");
        Directory.CreateDirectory(Path.Combine(Workspace, ".nuke"));
        File.WriteAllText(Path.Combine(Workspace, ".nuke", "parameters.json"), "{}");
        File.WriteAllText(Path.Combine(Workspace, ".nuke", "parameters.tokyo.json"), new JsonObject { ["DeploymentPath"] = deploymentPath }.ToJsonString());
        WriteBuildScript($"export RELAYOPS_CALLER_DIRECTORY=$PWD NUKE_TELEMETRY_OPTOUT=1 NO_COLOR=1\nexec dotnet '{assembly}' \"$@\" --no-logo");
        GitHub = new JsonObject
        {
            ["event_name"] = "schedule",
            ["repository"] = "o/r",
            ["run_id"] = 4711,
            ["api_url"] = apiUrl.ToString(),
            ["server_url"] = "https://github.example",
            ["token"] = token,
            ["ref"] = "refs/heads/main",
        };
    }

    public string Workspace => Path.Combine(_home.FullName, "workspace");

    /// <summary>What the runs uploaded.</summary>
    public string Artifacts => Path.Combine(_home.FullName, "artifacts");

    public JsonObject GitHub { get; }

    public Dictionary<string, string> Variables { get; } = new() { ["PROFILES"] = "[\"tokyo\"]", ["SERVER"] = "local" };

    public Dictionary<string, string> Secrets { get; } = [];

    /// <summary>What <c>./build.sh</c> does there, instead of being RelayOps.</summary>
    public void WriteBuildScript(string script)
    {
        File.WriteAllText(Path.Combine(Workspace, "build.sh"), $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(Path.Combine(Workspace, "build.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public Task<RanWorkflow> OnPushAsync(string workflow) => RunAsync(workflow, "push", []);

    public Task<RanWorkflow> OnScheduleAsync(string workflow) => RunAsync(workflow, "schedule", []);

    public Task<RanWorkflow> OnDispatchAsync(string workflow, JsonObject inputs) => RunAsync(workflow, "workflow_dispatch", inputs);

    /// <summary>Hands the uploads to GitHub, where later runs find them.</summary>
    internal void Publish(FakeGitHub github) => github.Artifacts.AddRange(Directory.EnumerateFiles(Artifacts, "claude-relay-backup-*").Select(file => new FakeArtifact
    {
        Name = Path.GetFileName(file),
        Content = File.ReadAllBytes(file),
        Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))),
        RunId = (int)GitHub["run_id"]!,
    }));

    public void Dispose() => _home.Delete(recursive: true);

    private async Task<RanWorkflow> RunAsync(string workflow, string eventName, JsonObject inputs)
    {
        await NodePackages.EnsureAsync(CancellationToken.None);
        GitHub["event_name"] = eventName;
        var file = Path.Combine(_home.FullName, "event.json");
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["workflow"] = Path.Combine(RelayOpsProcess.Root, ".github", "workflows", workflow),
            ["directory"] = Workspace,
            ["artifacts"] = Artifacts,
            ["environment"] = Environment("PATH", "HOME", "DOTNET_ROOT"),
            ["github"] = GitHub.DeepClone(),
            ["inputs"] = inputs,
            ["vars"] = JsonSerializer.SerializeToNode(Variables),
            ["secrets"] = JsonSerializer.SerializeToNode(Secrets),
        }.ToJsonString());
        var result = await Shell.TryAsync(new ShellCommand("node", ["run.mjs", file]) { Directory = NodePackages.Directory }, CancellationToken.None);
        Assert.True(result.Error.Length == 0, result.Error);
        return new RanWorkflow(result.Status,
            [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<RanStep>(line, JsonSerializerOptions.Web)!)]);
    }

    /// <summary>A runner has little more.</summary>
    private static JsonObject Environment(params string[] names) => new(names
        .Where(name => System.Environment.GetEnvironmentVariable(name) is not null)
        .Select(name => KeyValuePair.Create(name, (JsonNode?)System.Environment.GetEnvironmentVariable(name))));
}
