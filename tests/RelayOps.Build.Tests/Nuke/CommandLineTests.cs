using Nuke.Common;
using Nuke.Common.IO;

namespace RelayOps.Build.Tests.Nuke;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData]
    [InlineData("Backup")]
    [InlineData("backup", "--server", "root@tokyo:22")]
    [InlineData("Backup", "Verify", "--dry-run", "--keep", "3", "--level", "DEEP")]
    [InlineData("Restore", "--env", "restore", "--only", "redis+data", "--health-timeout", "2m")]
    [InlineData("Backup", "--store", "local+release+rclone:there:backups")]
    [InlineData("--target", "Backup+Verify", "--skip", "--no-logo", "--verbosity", "quiet")]
    [InlineData("Backup", "--notify", "https://a", "https://b", "--report", "out.json")]
    [InlineData("Backup", "--host", "Terminal", "--partition", "1/2", "--plan", "--continue")]
    [InlineData("Backup", "--dryrun", "true", "--BACKUP-ID", "latest")]
    [InlineData("Doctor", "--github-api-url", "http://localhost:1")]
    [InlineData("Backup", "--nonsense", "--help")]
    public void Check_accepts_what_nuke_understands(params string[] arguments) => Assert.Null(Check(arguments));

    [Theory]
    [InlineData("Backpu", "Backup")]
    [InlineData("verfy", "Verify")]
    [InlineData("Restor", "Restore")]
    public void Check_names_the_nearest_target(string target, string nearest)
    {
        var error = Check(target);

        Assert.Equal($"there is no target '{target}'", error!.What);
        Assert.Equal($"the nearest one is '{nearest}'", error.Why);
    }

    [Theory]
    [InlineData("--sever", "--server")]
    [InlineData("--keeep", "--keep")]
    [InlineData("--dry-rum", "--dry-run")]
    [InlineData("--backupid-", "--backup-id")]
    [InlineData("-h", "--help")]
    [InlineData("--github-tokne", "--github-token")]
    [InlineData("--verbositi", "--verbosity")]
    public void Check_names_the_nearest_parameter(string option, string nearest)
    {
        var error = Check("Backup", option, "x");

        if (option == "--backupid-")
            Assert.Null(error);
        else
            Assert.Equal($"the nearest one is '{nearest}'", error!.Why);
    }

    [Fact]
    public void Check_says_so_when_nothing_is_near()
    {
        var error = Check("Backup", "--quux");

        Assert.Equal("there is no parameter '--quux'", error!.What);
        Assert.Equal("no parameter has a name like it", error.Why);
    }

    [Theory]
    [InlineData("--keep", "abc", "it takes a whole number")]
    [InlineData("--keep", "2147483648", "it takes a whole number")]
    [InlineData("--dry-run", "maybe", "it takes true, false or nothing")]
    [InlineData("--health-timeout", "120", "it takes a duration such as 120s, 10m, 26h or 2d")]
    [InlineData("--level", "deepest", "it takes quick, deep or drill")]
    [InlineData("--only", "redis+cache", "it takes redis, data, logs or config")]
    [InlineData("--store", "rclone:", "it takes local, release, artifact or rclone:")]
    [InlineData("--verbosity", "loud", "it takes Verbose, Normal, Minimal or Quiet")]
    public void Check_refuses_a_value_that_does_not_parse(string option, string value, string why)
    {
        var error = Check("Backup", option, value);

        Assert.StartsWith($"{option} cannot be '", error!.What, StringComparison.Ordinal);
        Assert.Equal(why, error.Why);
    }

    [Fact]
    public void Check_names_the_nearest_value() => Assert.Equal("the nearest one is 'drill'", Check("Verify", "--level", "dril")!.Next);

    [Theory]
    [InlineData("--dry-run", "Backup")]
    [InlineData("--server", "tokyo", "Backup")]
    [InlineData("--server", "Backup")]
    [InlineData("Verify", "--allow-shrink", "backup")]
    public void Check_refuses_a_target_that_an_option_swallows(params string[] arguments)
    {
        var error = Check(arguments);

        Assert.StartsWith($"target '{arguments[^1]}' stands behind --", error!.What, StringComparison.Ordinal);
        Assert.Contains("put targets first: ./build.sh", error.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--server")]
    [InlineData("--keep")]
    [InlineData("--level")]
    public void Check_refuses_a_parameter_without_its_value(string option) =>
        Assert.Equal($"{option} has no value", Check("Backup", option)!.What);

    [Fact]
    public void Check_refuses_two_values_where_one_is_meant() =>
        Assert.Equal("--server has 2 values", Check("Backup", "--server", "a", "b")!.What);

    [Fact]
    public void Check_explains_an_equals_sign() =>
        Assert.Equal("write --keep <value>", Check("Backup", "--keep=3")!.Next);

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
    [InlineData("/root/.ssh/id_ed25519")]
    [InlineData("./id")]
    [InlineData("../id")]
    public void Check_accepts_the_path_of_a_key(string path) => Assert.Null(Check("Backup", "--ssh-key", path));

    [Fact]
    public void Check_accepts_a_key_file_where_the_caller_stands()
    {
        using var directory = new SampleDirectory();
        directory.WithFile("id", "key");

        var environment = new Dictionary<string, string> { ["RELAYOPS_CALLER_DIRECTORY"] = directory.Root };

        Assert.Null(CommandLine.Check(typeof(SampleBuild), ["Backup", "--ssh-key", "id"], environment));
        Assert.NotNull(CommandLine.Check(typeof(SampleBuild), ["Backup", "--ssh-key", "other"], environment));
    }

    [Theory]
    [InlineData("KEEP", "abc", "the environment variable KEEP cannot be 'abc'")]
    [InlineData("NUKE_LEVEL", "deepest", "the environment variable NUKE_LEVEL cannot be 'deepest'")]
    [InlineData("HealthTimeout", "soon", "the environment variable HealthTimeout cannot be 'soon'")]
    public void Check_refuses_a_variable_that_does_not_parse(string name, string value, string what) =>
        Assert.Equal(what, Check(new Dictionary<string, string> { [name] = value }, "Backup")!.What);

    [Fact]
    public void Check_refuses_two_variables_for_one_parameter()
    {
        var error = Check(new Dictionary<string, string> { ["BACKUP_ID"] = "a", ["NUKE_BACKUP_ID"] = "b" }, "Backup");

        Assert.Equal("--backup-id is set by BACKUP_ID and NUKE_BACKUP_ID", error!.What);
    }

    [Fact]
    public void Check_lets_the_command_line_win_over_a_bad_variable() =>
        Assert.Null(Check(new Dictionary<string, string> { ["KEEP"] = "abc" }, "Backup", "--keep", "3"));

    [Theory]
    [InlineData("PASSPHRASE", "hunter2")]
    [InlineData("SSH_KEY", "-----BEGIN hunter2")]
    [InlineData("KEEP", "")]
    [InlineData("LEVEL", " ")]
    [InlineData("UNRELATED", "x")]
    public void Check_accepts_secrets_and_empty_variables(string name, string value) =>
        Assert.Null(Check(new Dictionary<string, string> { [name] = value }, "Backup"));

    [Theory]
    [InlineData("26h", 26 * 3600)]
    [InlineData("120s", 120)]
    [InlineData("2d", 172800)]
    [InlineData("1.5m", 90)]
    [InlineData("0s", 0)]
    public void Duration_reads_a_number_and_its_unit(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("120")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999d")]
    [InlineData("1..5s")]
    public void Duration_refuses_everything_else(string text) => Assert.Throws<FormatException>(() => Duration.Parse(text));

    private static CommandLineError? Check(params string[] arguments) => Check(new Dictionary<string, string>(), arguments);

    private static CommandLineError? Check(Dictionary<string, string> environment, params string[] arguments)
    {
        using var directory = new SampleDirectory();
        return CommandLine.Check(typeof(SampleBuild), [.. arguments, "--root", directory.Root], environment);
    }

    /// <summary>Shaped like the real build: components bring what they need. Never run, only looked at.</summary>
    internal sealed class SampleBuild : NukeBuild, IHazServer
    {
        [Parameter]
        private readonly int Keep = 7;

        [Parameter]
        [OneOf("auto", "keep", "restore")]
        private readonly string Env = "auto";

        [Parameter]
        private readonly string[] Notify = [];

        [Parameter]
        private readonly AbsolutePath? Report;

        public string Unused => $"{Keep}{Env}{Notify}{Report}";

        private Target Backup => _ => _;

        private Target Verify => _ => _;

        private Target Restore => _ => _;

        private Target Doctor => _ => _;
    }

    internal interface IHazServer : INukeBuild
    {
        [Parameter]
        string? Server => TryGetValue(() => Server);

        [Parameter]
        string? BackupId => TryGetValue(() => BackupId);

        [Parameter]
        bool DryRun => TryGetValue<bool?>(() => DryRun) ?? false;

        [Parameter]
        bool AllowShrink => TryGetValue<bool?>(() => AllowShrink) ?? false;

        [Parameter]
        [SecretOrPath]
        string? SshKey => TryGetValue(() => SshKey);

        [Parameter]
        [SecretOrPath]
        string? Identity => TryGetValue(() => Identity);

        [Parameter]
        [Secret]
        string? Passphrase => TryGetValue(() => Passphrase);

        [Parameter]
        [Secret]
        string? GitHubToken => TryGetValue(() => GitHubToken);

        [Parameter]
        string? GitHubApiUrl => TryGetValue(() => GitHubApiUrl);

        [Parameter]
        [OneOf("quick", "deep", "drill")]
        string Level => TryGetValue(() => Level) ?? "deep";

        [Parameter]
        [OneOf("redis", "data", "logs", "config", Separator = "+")]
        string? Only => TryGetValue(() => Only);

        [Parameter]
        [OneOf("local", "release", "artifact", "rclone:", Separator = "+")]
        string Store => TryGetValue(() => Store) ?? "local";

        [Parameter]
        [Duration]
        string HealthTimeout => TryGetValue(() => HealthTimeout) ?? "120s";
    }
}
