namespace RelayOps.Build.Tests.Nuke;

public sealed class CommandLineSecretsTests
{
    [Theory]
    [InlineData("--passphrase", "hunter2")]
    [InlineData("--passphrase=hunter2")]
    [InlineData("--github-token", "hunter2")]
    [InlineData("--ssh-key", "hunter2 and more")]
    [InlineData("--ssh-key", "-----BEGIN hunter2")]
    [InlineData("--ssh-key", "-----BEGIN hunter2\nhunter2\n-----END")]
    [InlineData("--identity", "AGE-SECRET-KEY-hunter2")]
    [InlineData("--identity", "/x\nhunter2")]
    [InlineData("--pasphrase=hunter2")]
    [InlineData("-----BEGIN hunter2 PRIVATE KEY-----")]
    public void Check_refuses_a_secret_as_text_and_does_not_repeat_it(params string[] arguments)
    {
        var error = Check(["Backup", .. arguments]);

        Assert.NotNull(error);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_sends_a_secret_to_the_environment() =>
        Assert.Equal("set the environment variable GITHUB_TOKEN instead", Check("Backup", "--github-token", "x")!.Next);

    [Theory]
    [InlineData("~/.ssh/id_ed25519")]
    [InlineData("/home/ubuntu/.ssh/id_ed25519")]
    [InlineData("./id")]
    [InlineData("../id")]
    public void Check_accepts_the_path_of_a_key(string path) => Assert.Null(Check("Backup", "--ssh-key", path));

    [Fact]
    public void Check_accepts_a_key_file_where_the_caller_stands()
    {
        using var directory = new SampleDirectory();
        directory.WithFile("id", "key");

        var environment = new Dictionary<string, string> { ["RELAYOPS_CALLER_DIRECTORY"] = directory.Root };

        Assert.Null(CommandLine.Check(typeof(CommandLineSample), ["Backup", "--ssh-key", "id"], environment));
        Assert.NotNull(CommandLine.Check(typeof(CommandLineSample), ["Backup", "--ssh-key", "other"], environment));
    }

    private static CommandLineError? Check(params string[] arguments) =>
        CommandLine.Check(typeof(CommandLineSample), arguments, new Dictionary<string, string>());
}
