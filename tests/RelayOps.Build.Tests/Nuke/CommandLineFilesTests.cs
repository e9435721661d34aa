namespace RelayOps.Build.Tests.Nuke;

public sealed class CommandLineFilesTests : IDisposable
{
    private readonly SampleDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Check_names_the_nearest_profile()
    {
        _directory.WithFile(".nuke/parameters.tokyo.json", "{}");

        var error = Check("--profile", "tokio");

        Assert.Equal("there is no profile 'tokio'", error!.What);
        Assert.Equal("the nearest one is 'tokyo'", error.Next);
        Assert.Null(Check("--profile", "tokyo"));
    }

    [Fact]
    public void Check_lists_the_profiles_that_there_are()
    {
        _directory.WithFile(".nuke/parameters.tokyo.json", "{}").WithFile(".nuke/parameters.osaka.json", "{}");

        Assert.Equal("there are: osaka, tokyo", Check("--profile", "berlin")!.Next);
        Assert.Equal("the nearest one is 'tokyo'; there are: osaka, tokyo", Check("--profile", "tokio")!.Next);
        Assert.Null(Check("--profile", "tokyo", "osaka"));
        Assert.Equal("there is no profile 'berlin'", Check("--profile", "tokyo", "berlin")!.What);
    }

    [Fact]
    public void Check_refuses_the_credentials_of_a_store_in_a_profile_and_does_not_repeat_them()
    {
        _directory.WithFile(".nuke/parameters.tokyo.json", """{ "Store": "local+rclone::sftp,host=nas,pass=hunter2:backups" }""");

        var error = Check("--profile", "tokyo");

        Assert.Equal("'Store' in .nuke/parameters.tokyo.json holds credentials", error!.What);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_takes_the_profile_from_the_environment()
    {
        var error = CommandLine.Check(
            typeof(CommandLineSample), ["--root", _directory.Root], new Dictionary<string, string> { ["NUKE_PROFILE"] = "osaka" });

        Assert.Equal("there is no profile 'osaka'", error!.What);
    }

    [Theory]
    [InlineData("""{ "$schema": "build.schema.json", "Server": "tokyo", "Keep": 3, "DryRun": true, "Notify": ["a", "b"] }""", null)]
    [InlineData("""{ "Level": "quick", /* why */ "Verbosity": "Quiet", }""", null)]
    [InlineData("""{ "SshKey": "~/.ssh/id_tokyo" }""", null)]
    [InlineData("""{ "Passphrase": "v1:AAAA" }""", null)]
    [InlineData("""{ "Passphrase": "hunter2" }""", ".nuke/parameters.json holds 'Passphrase' in plain text")]
    [InlineData("""{ "Keep": "abc" }""", "'Keep' in .nuke/parameters.json cannot be 'abc'")]
    [InlineData("""{ "Level": "deepest" }""", "'Level' in .nuke/parameters.json cannot be 'deepest'")]
    [InlineData("""{ "server": "tokyo" }""", ".nuke/parameters.json has 'server', which is no parameter")]
    [InlineData("""{ "Sever": "tokyo" }""", ".nuke/parameters.json has 'Sever', which is no parameter")]
    [InlineData("""{ "Server": """, ".nuke/parameters.json is no JSON object")]
    [InlineData("""{ "Server": 5 }""", "'Server' in .nuke/parameters.json is a number")]
    [InlineData("""{ "Server": { "Host": "tokyo" } }""", "'Server' in .nuke/parameters.json is an object")]
    [InlineData("""{ "Server": ["tokyo"] }""", "'Server' in .nuke/parameters.json is a list")]
    [InlineData("""{ "Notify": "a" }""", "'Notify' in .nuke/parameters.json is a text")]
    [InlineData("""{ "DryRun": 1 }""", "'DryRun' in .nuke/parameters.json is a number")]
    [InlineData("""{ "Keep": true }""", "'Keep' in .nuke/parameters.json is true or false")]
    [InlineData("""{ "HealthTimeout": "soon" }""", "'HealthTimeout' in .nuke/parameters.json cannot be 'soon'")]
    [InlineData("""{ "Keep": 3, "Keep": 4 }""", ".nuke/parameters.json has 'Keep' twice")]
    [InlineData("""[]""", ".nuke/parameters.json is no JSON object")]
    public void Check_reads_the_parameter_file(string content, string? what)
    {
        _directory.WithFile(".nuke/parameters.json", content);

        var error = Check();

        Assert.Equal(what, error?.What);
        Assert.DoesNotContain("hunter2", error?.ToString() ?? string.Empty, StringComparison.Ordinal);
    }

    private CommandLineError? Check(params string[] arguments) =>
        CommandLine.Check(typeof(CommandLineSample), ["Backup", .. arguments, "--root", _directory.Root], new Dictionary<string, string>());
}
