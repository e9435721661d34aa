namespace RelayOps.Build.Tests.Nuke;

public sealed class NukeConditionsTests : IDisposable
{
    private readonly SampleDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task OnlyWhenStatic_skips_the_target_and_what_it_alone_needs()
    {
        var run = await _directory.Run("conditions", "AfterStatic");

        Assert.Equal(["AfterStatic"], run.Ran);
        Assert.Contains("// OnlyWhen: IsNever", run.Row("NeverStatic"), StringComparison.Ordinal);
        Assert.Contains("// Skipped: because of NeverStatic", run.Row("Prepare"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyWhenStatic_keeps_dependencies_that_another_target_needs()
    {
        var run = await _directory.Run("conditions", "Shared");

        Assert.Equal(["Prepare", "Shared"], run.Ran);
    }

    [Fact]
    public async Task OnlyWhenDynamic_is_asked_after_the_dependencies_ran()
    {
        var run = await _directory.Run("conditions", "AfterDynamic");

        Assert.Equal(["Prepare", "AfterDynamic"], run.Ran);
        Assert.Contains("Skipped", run.Row("NeverDynamic"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhenSkipped_execute_runs_the_dependencies_all_the_same()
    {
        var run = await _directory.Run("conditions", "AfterPrepared");

        Assert.Equal(["Prepare", "AfterPrepared"], run.Ran);
    }

    [Fact]
    public async Task OnlyWhen_skips_also_a_target_that_the_user_named()
    {
        var run = await _directory.Run("conditions", "NeverStatic");

        Assert.Empty(run.Ran);
        Assert.Contains("Skipped", run.Row("NeverStatic"), StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task OnlyWhen_that_throws_fails_the_build()
    {
        var run = await _directory.Run("conditions", "Throwing");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("the condition broke", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Ran);
    }

    [Fact]
    public async Task Skip_leaves_out_the_named_targets_and_what_they_alone_need()
    {
        var run = await _directory.Run("order", "Publish", "--skip", "pack");

        Assert.Equal(["Publish", "Announce", "Celebrate"], run.Ran);
        Assert.Contains("// Skipped: via parameter", run.Row("Pack"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skip_without_names_leaves_out_everything_not_named()
    {
        var run = await _directory.Run("order", "Compile", "Pack", "--skip");

        Assert.Equal(["Compile", "Pack"], run.Ran);
    }

    [Fact]
    public async Task Skip_does_not_apply_to_a_target_that_the_user_named()
    {
        var run = await _directory.Run("order", "Compile", "--skip", "Compile");

        Assert.Contains("Compile", run.Ran);
    }
}
