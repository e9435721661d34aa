namespace RelayOps.Build.Tests.Nuke;

public sealed class NukeOutputTests : IDisposable
{
    private readonly SampleDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Help_lists_targets_with_dependencies_and_parameters_with_descriptions()
    {
        var run = await _directory.Run("order", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Targets (with their direct dependencies):", run.Lines);
        Assert.Contains("  Compile (default)    -> Restore", run.Lines);
        Assert.Contains("    Builds everything", run.Lines);
        Assert.DoesNotContain(run.Lines, line => line.Contains("Announce", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("  --verbosity ", StringComparison.Ordinal));
        Assert.Contains("Default is 'Compile'.", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Ran);
    }

    [Fact]
    public async Task Help_shows_own_parameters_first_and_leaves_out_unlisted_ones()
    {
        var run = await _directory.Run("parameters", "--help");

        var names = run.Lines.Where(line => line.StartsWith("  --", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]).ToList();
        Assert.Equal(["--backup-id", "--choice", "--dry-run", "--flag", "--github-token", "--joined"], names.Take(6));
        Assert.DoesNotContain("--hidden", names);
        Assert.Contains("--other-name", names);
        Assert.Contains(run.Lines, line => line.StartsWith("  --github-token", StringComparison.Ordinal) && line.EndsWith("<no description>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_come_in_order()
    {
        var run = await _directory.Run("events", "Works", "Skipped");

        Assert.Equal(
            ["event created", "event initialized 2", "event running Works", "event succeeded Works", "event skipped Skipped", "event finished True"],
            run.Lines.Where(line => line.StartsWith("event ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Events_tell_of_a_failure()
    {
        var run = await _directory.Run("events", "Fails");

        Assert.Equal(
            ["event running Fails", "event failed Fails", "event finished False"],
            run.Lines.Where(line => line.StartsWith("event ", StringComparison.Ordinal)).Skip(2));
    }

    [Fact]
    public async Task ReportSummary_shows_the_last_call_in_the_closing_table()
    {
        var run = await _directory.Run("events", "Works");

        Assert.EndsWith("// Archive: a.tar.gz, Bytes: 42", run.Row("Works"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_is_known_to_the_targets()
    {
        var run = await _directory.Run("events", "Planned");

        Assert.Contains("Works:Succeeded:True Planned:Running:True", run.Lines);
    }

    [Theory]
    [InlineData("verbose", true, true)]
    [InlineData("normal", false, true)]
    [InlineData("minimal", false, false)]
    public async Task Verbosity_decides_what_is_logged(string verbosity, bool verbose, bool normal)
    {
        var run = await _directory.Run("events", "--verbosity", verbosity);

        Assert.Equal(verbose, run.Output.Contains("[VRB] a verbose line", StringComparison.Ordinal));
        Assert.Equal(normal, run.Output.Contains("[DBG] a debug line", StringComparison.Ordinal));
        Assert.Equal(normal, run.Output.Contains("[INF] an information line", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoLogo_hides_the_logo()
    {
        var with = await _directory.Run("events");
        var without = await _directory.Run("events", "--no-logo");

        Assert.Contains("NUKE Execution Engine", with.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("NUKE Execution Engine", without.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisableDefaultOutput_leaves_the_builds_own_lines_alone()
    {
        var run = await _directory.With("SAMPLE_QUIET", "1").With("SAMPLE_NO_LOGO", "1").Run("events", "Planned", "--verbosity", "quiet");

        Assert.Equal(
            ["Works:Succeeded:True Planned:Running:True"],
            run.Lines.Where(line => line.Length > 0 && !line.StartsWith("event ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Warnings_are_repeated_at_the_end()
    {
        var run = await _directory.Run("events", "Warns");

        Assert.Contains("[WRN] Warns: careful with this", run.Lines);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task GitHubActions_gets_groups_and_annotations()
    {
        var warned = await _directory.With("GITHUB_ACTIONS", "true").Run("events", "Warns");
        var failed = await _directory.Run("events", "Fails");

        Assert.Contains("::group::Warns", warned.Lines);
        Assert.Contains("::endgroup::Warns", warned.Lines);
        Assert.Contains(warned.Lines, line => line.StartsWith("::warning::careful with", StringComparison.Ordinal));
        Assert.Contains(failed.Lines, line => line.StartsWith("::error::Target", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GitHubActions_takes_a_logged_command_for_a_command()
    {
        var run = await _directory.With("GITHUB_ACTIONS", "true").Run("events", "Commands");

        Assert.Contains("::add-mask::hush", run.Lines);
    }

    [Fact]
    public async Task Components_bring_targets_that_others_can_name()
    {
        var run = await _directory.Run("components", "Extra", "--server", "tokyo");

        Assert.Equal(["Preflight", "Backup of tokyo", "Verify", "Extra"], run.Ran);
    }

    [Fact]
    public async Task Components_inherited_target_runs_both_actions()
    {
        var run = await _directory.Run("components", "Inherited", "--skip", "Verify");

        Assert.Equal(["Preflight", "Backup of nothing", "Inherited"], run.Ran);
    }

    [Fact]
    public async Task Components_default_target_gives_way_to_the_builds_own()
    {
        var run = await _directory.Run("components", "Announce");

        Assert.Equal(["own Announce"], run.Ran);
    }

    [Fact]
    public async Task Components_required_parameter_is_never_asked_for()
    {
        var run = await _directory.Run("components", "BackupOfServer");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("Target 'BackupOfServer' requires member 'Server' to be not null or empty", run.Output, StringComparison.Ordinal);
    }
}
