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
    [InlineData("--store", "local+rclone::sftp,host=nas,pass=hunter2:backups")]
    [InlineData("--store", "rclone::s3,secret_access_key=a+hunter2:backups")]
    [InlineData("--store", "rclone::sftp,pass=hunter2")]
    [InlineData("--store", ":sftp,pass=hunter2:backups")]
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

    [Fact]
    public void Check_sends_the_credentials_of_a_store_to_a_named_remote_or_the_environment()
    {
        const string store = "rclone::s3,secret_access_key=a+hunter2:backups";

        Assert.Equal("make a named remote (rclone config) and write rclone:<name>:<path>, or set the environment variable STORE instead", Check("Backup", "--store", store)!.Next);
        Assert.Null(CommandLine.Check(typeof(CommandLineSample), ["Backup"], new Dictionary<string, string> { ["STORE"] = "local+" + store }));
    }

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
