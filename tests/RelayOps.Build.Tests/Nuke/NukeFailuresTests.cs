namespace RelayOps.Build.Tests.Nuke;

public sealed class NukeFailuresTests : IDisposable
{
    private readonly SampleDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Failure_ends_the_build_with_255_and_says_why_in_the_table()
    {
        var run = await _directory.Run("failures", "AfterFail");

        Assert.Equal(255, run.ExitCode);
        Assert.Empty(run.Ran);
        Assert.EndsWith("// InvalidOperationException: it broke", run.Row("Fail"), StringComparison.Ordinal);
        Assert.Contains("NotRun", run.Row("AfterFail"), StringComparison.Ordinal);
        Assert.Contains("Build failed on", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_is_repeated_among_errors_and_warnings()
    {
        var run = await _directory.Run("failures", "Fail");

        Assert.Contains("[ERR] Fail: Target Fail has thrown an exception", run.Lines);
    }

    [Fact]
    public async Task Failure_ends_with_the_exit_code_that_the_build_sets()
    {
        var run = await _directory.Run("failures", "Fail", "--status", "3");

        Assert.Equal(3, run.ExitCode);
    }

    [Fact]
    public async Task ExitCode_counts_also_after_success()
    {
        var run = await _directory.Run("failures", "ExitSeven");

        Assert.Equal(7, run.ExitCode);
        Assert.Contains("Build succeeded on", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_of_an_async_action_is_awaited_and_unwrapped()
    {
        var run = await _directory.Run("failures", "FailLater");

        Assert.Equal(255, run.ExitCode);
        Assert.EndsWith("// InvalidOperationException: it broke later", run.Row("FailLater"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProceedAfterFailure_goes_on_and_fails_in_the_end()
    {
        var run = await _directory.Run("failures", "AfterTolerated");

        Assert.Equal(["AfterTolerated"], run.Ran);
        Assert.Equal(255, run.ExitCode);
    }

    [Fact]
    public async Task AssuredAfterFailure_runs_after_another_target_failed()
    {
        var run = await _directory.Run("failures", "Fail", "CleanUp");

        Assert.Equal(["CleanUp"], run.Ran);
        Assert.Equal(255, run.ExitCode);
    }

    [Fact]
    public async Task Requires_refuses_a_missing_parameter_before_anything_runs()
    {
        var run = await _directory.With("GITHUB_ACTIONS", "true").Run("failures", "Fine", "Demanding");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("Target 'Demanding' requires member 'Needed' to be not null or empty", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Ran);
    }

    [Fact]
    public async Task Requires_fails_without_a_terminal_to_ask_on()
    {
        var run = await _directory.Run("failures", "Demanding");

        Assert.Equal(255, run.ExitCode);
        Assert.Empty(run.Ran);
    }

    [Fact]
    public async Task Requires_of_a_condition_names_the_target()
    {
        var run = await _directory.Run("failures", "DemandingMore");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("Target 'DemandingMore' requires '", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requires_is_content_with_a_value()
    {
        var run = await _directory.Run("failures", "Demanding", "DemandingMore", "--needed", "x");

        Assert.Equal(["Demanding", "DemandingMore"], run.Ran.Order());
    }

    [Fact]
    public async Task Continue_takes_up_a_failed_build_where_it_stopped()
    {
        var first = await _directory.Run("failures", "Second");
        _directory.WithFile("mended", string.Empty);

        var second = await _directory.Run("failures", "Second", "--continue");

        Assert.Equal(["First"], first.Ran);
        Assert.Equal(["Second"], second.Ran);
        Assert.Contains("Skipped", second.Row("First"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Continue_starts_anew_for_other_targets()
    {
        await _directory.Run("failures", "Second");

        var run = await _directory.Run("failures", "First", "--continue");

        Assert.Equal(["First"], run.Ran);
        Assert.Contains("Build invocation changed", run.Output, StringComparison.Ordinal);
    }
}
