namespace RelayOps.Build.Tests.Nuke;

public sealed class NukeParametersTests : IDisposable
{
    private readonly SampleDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task CommandLine_gives_each_type_its_value()
    {
        var run = await _directory.Run(
            "parameters", "--text", "a b", "--number", "42", "--flag", "--several", "x", "y", "--joined", "p+q", "--choice", "pear", "--other-name", "z", "--hidden", "h", "--github-token", "t");

        Assert.Equal("a b", run.Value("Text"));
        Assert.Equal("42", run.Value("Number"));
        Assert.Equal("True", run.Value("Flag"));
        Assert.Equal("x|y", run.Value("Several"));
        Assert.Equal("p|q", run.Value("Joined"));
        Assert.Equal("Pear", run.Value("Choice"));
        Assert.Equal("z", run.Value("Renamed"));
        Assert.Equal("h", run.Value("Hidden"));
        Assert.Equal("t", run.Value("GitHubToken"));
    }

    [Theory]
    [InlineData("--flag", "false", "False")]
    [InlineData("--FLAG", "true", "True")]
    [InlineData("-flag", "true", "True")]
    public async Task CommandLine_flag_takes_a_value_and_any_case(string name, string value, string expected)
    {
        var run = await _directory.Run("parameters", name, value);

        Assert.Equal(expected, run.Value("Flag"));
    }

    [Fact]
    public async Task CommandLine_last_of_a_repeated_name_counts()
    {
        var run = await _directory.Run("parameters", "--text", "first", "--text", "last");

        Assert.Equal("last", run.Value("Text"));
    }

    [Fact]
    public async Task CommandLine_resolves_a_relative_path_against_the_current_directory()
    {
        var run = await _directory.Run("parameters", "--place", "down/../here");

        Assert.Equal(Path.Combine(_directory.Root, "here"), run.Value("Place"));
    }

    [Fact]
    public async Task CommandLine_value_that_does_not_parse_warns_and_keeps_the_default()
    {
        var run = await _directory.Run("parameters", "--number", "many");

        Assert.Equal("7", run.Value("Number"));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Could not inject value for ParametersBuild.Number", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Component_parameters_have_values_and_defaults()
    {
        var given = await _directory.Run("parameters", "--backup-id", "20250805_142530", "--keep", "3", "--dry-run");
        var missing = await _directory.Run("parameters");

        Assert.Equal(("20250805_142530", "3", "True"), (given.Value("BackupId"), given.Value("Keep"), given.Value("DryRun")));
        Assert.Equal((string.Empty, "7", "False"), (missing.Value("BackupId"), missing.Value("Keep"), missing.Value("DryRun")));
    }

    [Theory]
    [InlineData("BACKUP_ID")]
    [InlineData("NUKE_BACKUP_ID")]
    [InlineData("BackupId")]
    [InlineData("backup_id")]
    [InlineData("NukeBackupId")]
    public async Task Environment_names_match_without_case_and_underscores(string variable)
    {
        var run = await _directory.With(variable, "from-environment").Run("parameters");

        Assert.Equal("from-environment", run.Value("BackupId"));
    }

    [Fact]
    public async Task Environment_with_two_matching_names_is_not_guessed_at()
    {
        var run = await _directory.With("BACKUP_ID", "a").With("NUKE_BACKUP_ID", "b").Run("parameters");

        Assert.Equal(string.Empty, run.Value("BackupId"));
        Assert.Contains("since multiple values are provided", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_gives_flags_and_lists()
    {
        var run = await _directory.With("FLAG", "true").With("JOINED", "p+q").With("DRY_RUN", "true").Run("parameters");

        Assert.Equal(("True", "p|q", "True"), (run.Value("Flag"), run.Value("Joined"), run.Value("DryRun")));
    }

    [Fact]
    public async Task CommandLine_wins_over_environment_wins_over_profile_wins_over_file()
    {
        _directory
            .WithFile(".nuke/parameters.json", """{ "Text": "file", "BackupId": "file", "OtherName": "file", "Hidden": "file" }""")
            .WithFile(".nuke/parameters.tokyo.json", """{ "Text": "profile", "BackupId": "profile", "OtherName": "profile" }""")
            .With("TEXT", "environment").With("BACKUP_ID", "environment");

        var run = await _directory.Run("parameters", "--text", "command line", "--profile", "tokyo");

        Assert.Equal(
            ("command line", "environment", "profile", "file"),
            (run.Value("Text"), run.Value("BackupId"), run.Value("Renamed"), run.Value("Hidden")));
    }

    [Fact]
    public async Task File_gives_each_type_its_value()
    {
        _directory.WithFile(
            ".nuke/parameters.json",
            """{ "$schema": "build.schema.json", "Number": 5, "Flag": true, "Several": ["a", "b"], "Place": "below", "Choice": "Pear", "Keep": 2, "DryRun": true }""");

        var run = await _directory.Run("parameters");

        Assert.Equal(("5", "True", "a|b", "Pear"), (run.Value("Number"), run.Value("Flag"), run.Value("Several"), run.Value("Choice")));
        Assert.Equal((Path.Combine(_directory.Root, "below"), "2", "True"), (run.Value("Place"), run.Value("Keep"), run.Value("DryRun")));
    }

    [Fact]
    public async Task Profile_later_named_wins()
    {
        _directory
            .WithFile(".nuke/parameters.a.json", """{ "Text": "a", "Hidden": "a" }""")
            .WithFile(".nuke/parameters.b.json", """{ "Text": "b" }""");

        var run = await _directory.Run("parameters", "--profile", "a", "b");

        Assert.Equal(("b", "a"), (run.Value("Text"), run.Value("Hidden")));
    }

    [Fact]
    public async Task Profile_missing_fails_and_names_the_file()
    {
        var run = await _directory.Run("parameters", "Show", "--profile", "nowhere");

        Assert.Equal(255, run.ExitCode);
        Assert.Contains("parameters.nowhere.json", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_secret_is_decrypted_with_the_profiles_password()
    {
        const string cipherText = "v1:IVve6wFXCed2plblLxQk/w==";
        _directory.WithFile(".nuke/parameters.json", $$"""{ "Password": "{{cipherText}}" }""");

        var run = await _directory.With("PARAMS_KEY", "open sesame").Run("parameters");

        Assert.Equal("hunter2", run.Value("Password"));
    }

    [Theory]
    [InlineData("quiet", "Quiet")]
    [InlineData("Verbose", "Verbose")]
    public async Task Verbosity_is_read_before_anything_else(string value, string expected)
    {
        var run = await _directory.Run("parameters", "--verbosity", value);

        Assert.Equal(expected, run.Value("Verbosity"));
    }

    [Fact]
    public async Task Host_is_a_terminal_or_what_the_user_names()
    {
        var local = await _directory.Run("parameters");
        var named = await _directory.Run("parameters", "--host", "githubactions");
        var detected = await _directory.With("GITHUB_ACTIONS", "true").Run("parameters");

        Assert.Equal(("Terminal", "True"), (local.Value("Host"), local.Value("IsLocalBuild")));
        Assert.Equal(("GitHubActions", "False"), (named.Value("Host"), named.Value("IsLocalBuild")));
        Assert.Equal(("GitHubActions", "False"), (detected.Value("Host"), detected.Value("IsLocalBuild")));
    }

    [Fact]
    public async Task Root_is_found_upwards_or_named()
    {
        Directory.CreateDirectory(Path.Combine(_directory.Root, "elsewhere", ".nuke"));

        var found = await _directory.Run("parameters");
        var named = await _directory.Run("parameters", "--root", "elsewhere");

        Assert.Equal(_directory.Root, found.Value("Root"));
        Assert.Equal(Path.Combine(_directory.Root, "elsewhere"), named.Value("Root"));
    }
}
