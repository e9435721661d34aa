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
