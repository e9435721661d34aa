namespace RelayOps.Build.Tests.Nuke;

public sealed class NukeOrderTests : IDisposable
{
    private readonly SampleDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Plan_runs_dependencies_first_and_triggers_last()
    {
        var run = await _directory.Run("order", "Publish");

        Assert.Equal(["Restore", "Compile", "Pack", "Publish", "Announce", "Celebrate"], run.Ran);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Plan_is_the_default_target_without_arguments()
    {
        var run = await _directory.Run("order");

        Assert.Equal(["Restore", "Compile"], run.Ran);
    }

    [Fact]
    public async Task Plan_ignores_the_order_of_the_command_line()
    {
        var run = await _directory.Run("order", "Pack", "Test", "Clean");

        Assert.Equal(["Lint", "Clean", "Restore", "Compile", "Test", "Pack"], run.Ran);
    }

    [Fact]
    public async Task Plan_runs_a_dependent_for_target_with_the_one_it_names()
    {
        var run = await _directory.Run("order", "Test");

        Assert.Contains("Lint", run.Ran);
        Assert.Equal("Test", run.Ran[^1]);
    }

    [Theory]
    [InlineData("--target", "Pack+Clean")]
    [InlineData("--target", "pack+clean")]
    public async Task Target_parameter_names_targets_joined_by_plus(params string[] arguments)
    {
        var run = await _directory.Run("order", arguments);

        Assert.Equal(["Clean", "Restore", "Compile", "Pack"], run.Ran);
    }

    [Fact]
    public async Task Target_names_match_without_case()
    {
        var run = await _directory.Run("order", "comPILE");

        Assert.Equal(["Restore", "Compile"], run.Ran);
    }

    [Fact]
    public async Task Target_unknown_ends_with_255_and_lists_what_there_is()
    {
        var run = await _directory.Run("order", "Publsh");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("Target with name 'Publsh' does not exist. Available targets are:", run.Output, StringComparison.Ordinal);
        Assert.Contains("  - Publish", run.Lines);
        Assert.Empty(run.Ran);
    }

    [Fact]
    public async Task Collective_target_gathers_others_and_has_no_row()
    {
        var run = await _directory.Run("order", "All");

        Assert.Equal(["Test", "Pack"], run.Ran.TakeLast(2));
        Assert.Null(run.Row("All"));
        Assert.NotNull(run.Row("Pack"));
    }

    [Fact]
    public async Task Circle_of_dependencies_is_an_error_that_names_it()
    {
        var run = await _directory.Run("circle");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("Circular dependencies between targets:", run.Output, StringComparison.Ordinal);
        Assert.Contains(run.Lines, line => line is " - First, Second" or " - Second, First");
    }
}
