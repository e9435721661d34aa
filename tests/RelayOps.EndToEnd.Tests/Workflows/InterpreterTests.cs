using System.Text.Json.Nodes;
using RelayOps.Testing;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Workflows;

/// <summary>What the interpreter of workflows does not know it must not pass over: every test of a workflow relies on it.</summary>
public sealed class InterpreterTests : IDisposable
{
    private readonly TestDirectory _here = TestDirectory.Create("relayops-interpreter-");

    public void Dispose() => _here.Dispose();

    [Theory]
    [InlineData("uses: somebody/unknown@v1", "nothing is known of the action somebody/unknown@v1")]
    [InlineData("{ run: 'true', env: { A: '${{ unheard.of }}' } }", "unheard")]
    public async Task Run_ends_in_an_error_at_what_it_does_not_know(string step, string error)
    {
        await NodePackages.EnsureAsync(CancellationToken.None);
        await File.WriteAllTextAsync(_here.File("workflow.yml"), $"on: push\njobs:\n  job:\n    steps:\n      - {step}\n");
        await File.WriteAllTextAsync(_here.File("event.json"), new JsonObject
        {
            ["workflow"] = _here.File("workflow.yml"),
            ["directory"] = _here.Path,
            ["artifacts"] = _here.File("artifacts"),
            ["environment"] = new JsonObject(),
            ["github"] = new JsonObject { ["event_name"] = "push" },
        }.ToJsonString());

        var result = await Shell.TryAsync(new ShellCommand("node", ["run.mjs", _here.File("event.json")]) { Directory = NodePackages.Directory }, CancellationToken.None);

        Assert.NotEqual(0, result.Status);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }
}
