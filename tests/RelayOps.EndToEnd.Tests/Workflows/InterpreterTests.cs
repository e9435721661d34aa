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
    [InlineData("{ run: 'true', shell: sh }", "'shell' of step")]
    [InlineData("{ run: 'false', continue-on-error: true }", "'continue-on-error' of step")]
    [InlineData("{ run: 'true', working-directory: x }", "'working-directory' of step")]
    [InlineData("{ uses: actions/checkout@v7, with: { ref: main } }", "'ref' of actions/checkout")]
    [InlineData("{ uses: actions/upload-artifact@v7, with: { path: x, overwrite: true } }", "'overwrite' of actions/upload-artifact")]
    [InlineData("{ run: 'echo nonsense >> $GITHUB_OUTPUT' }", "'nonsense' is no value")]
    [InlineData("{ run: 'echo \"a<<end\" >> $GITHUB_ENV' }", "'a' does not end")]
    public async Task Run_ends_in_an_error_at_a_step_that_it_does_not_know(string step, string error) => await FailsAsync($"job: {{ steps: [{step}] }}", error);

    [Theory]
    [InlineData("job: { if: 'false', steps: [] }", "'if' of job")]
    [InlineData("job: { continue-on-error: true, steps: [] }", "'continue-on-error' of job")]
    [InlineData("job: { needs: other, steps: [] }", "'needs' of job")]
    [InlineData("job: { strategy: { matrix: { a: [1], include: [{ a: 2 }] } }, steps: [] }", "'include' of matrix")]
    [InlineData("job: { steps: [] }\ndefaults: { run: { shell: sh } }", "'defaults' of workflow")]
    public async Task Run_ends_in_an_error_at_a_job_that_it_does_not_know(string job, string error) => await FailsAsync(job, error);

    [Fact]
    public async Task Run_hands_variables_and_paths_on_to_the_steps_that_follow()
    {
        const string tool = """mkdir -p one two; for d in one two; do printf '#!/bin/sh\necho %s\n' "$d" > "$d/tool"; chmod +x "$d/tool"; echo "$PWD/$d" >> "$GITHUB_PATH"; done""";
        var result = await RunAsync($$$"""
            job:
              env: { KEPT: of the job, CHANGED: of the job, AGAIN: of the job }
              steps:
                - run: |
                    {{{tool}}}
                    echo "CHANGED=of a step" >> "$GITHUB_ENV"
                    echo "AGAIN=of a step" >> "$GITHUB_ENV"
                    printf 'LONG<<end\nof\nlines\nend\n' >> "$GITHUB_ENV"
                    echo "now: $CHANGED, $(command -v tool)"
                - run: echo "then:" $KEPT, $CHANGED, $AGAIN, $LONG, $SEEN, $(tool)
                  env: { AGAIN: of this step, SEEN: "${{ env.CHANGED }}" }
            """);

        Assert.True((result.Status, result.Error) == (0, ""), result.Error);
        Assert.Contains("now: of the job, ", result.Output, StringComparison.Ordinal);
        Assert.Contains("then: of the job, of a step, of this step, of lines, of a step, two", result.Output, StringComparison.Ordinal);
    }

    private async Task FailsAsync(string jobs, string error)
    {
        var result = await RunAsync(jobs);

        Assert.NotEqual(0, result.Status);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    /// <param name="jobs">And what stands behind them, at the beginning of a line.</param>
    private async Task<ShellResult> RunAsync(string jobs)
    {
        await NodePackages.EnsureAsync(CancellationToken.None);
        var lines = jobs.Split('\n').Select(line => line.StartsWith("defaults", StringComparison.Ordinal) ? line : "  " + line);
        await File.WriteAllTextAsync(_here.File("workflow.yml"), $"on: push\njobs:\n{string.Join('\n', lines)}\n");
        await File.WriteAllTextAsync(_here.File("event.json"), new JsonObject
        {
            ["workflow"] = _here.File("workflow.yml"),
            ["directory"] = _here.Path,
            ["artifacts"] = _here.File("artifacts"),
            ["environment"] = new JsonObject { ["PATH"] = Environment.GetEnvironmentVariable("PATH") },
            ["github"] = new JsonObject { ["event_name"] = "push" },
        }.ToJsonString());

        return await Shell.TryAsync(new ShellCommand("node", ["run.mjs", _here.File("event.json")]) { Directory = NodePackages.Directory }, CancellationToken.None);
    }
}
