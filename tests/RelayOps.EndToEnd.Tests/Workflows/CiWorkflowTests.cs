namespace RelayOps.EndToEnd.Tests.Workflows;

/// <summary>RelayOps' own tests as a workflow. What they test is not run in here once more: a script in the place of <c>build.sh</c> writes down what it was asked for.</summary>
public sealed class CiWorkflowTests : IDisposable
{
    private readonly WorkflowRunner _runner = new(new Uri("https://api.github.example"), "none", "/nowhere");

    public void Dispose() => _runner.Dispose();

    [Fact]
    public async Task Ci_checks_with_both_sets_of_dependencies_and_compiles_elsewhere()
    {
        _runner.WriteBuildScript("""mkdir -p artifacts/tests; echo results > artifacts/tests/core.trx; echo "${RelayOpsDependencies:-any} $*" >> calls""");

        var ran = await _runner.OnPushAsync("ci.yml");

        Assert.True(ran.Status == 0, ran.ToString());
        Assert.Equal(["packages Check", "bundled Check", "any Compile", "any Compile"], File.ReadAllLines(Path.Combine(_runner.Workspace, "calls")));
        Assert.Equal(["tests-bundled", "tests-packages"], Directory.EnumerateFileSystemEntries(_runner.Artifacts).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ci_fails_with_what_it_runs_and_uploads_the_results_all_the_same()
    {
        _runner.WriteBuildScript("mkdir -p artifacts/tests; echo results > artifacts/tests/core.trx; exit 1");

        var ran = await _runner.OnPushAsync("ci.yml");

        Assert.Equal(1, ran.Status);
        Assert.Equal(["failure", "failure"], ran.Steps.Where(step => step.Step == "Check").Select(step => step.Outcome));
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_runner.Artifacts).Count());
    }
}
