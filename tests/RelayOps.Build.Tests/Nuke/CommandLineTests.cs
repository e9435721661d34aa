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
    public void Check_refuses_a_variable_that_nuke_would_take_for_targets()
    {
        var environment = new Dictionary<string, string> { ["TARGET"] = "x86_64" };

        Assert.Equal("the environment variable TARGET names targets: there is no target 'x86_64'", Check(environment)!.What);
        Assert.Null(Check(environment, "Backup"));
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

    private static CommandLineError? Check(params string[] arguments) => Check(new Dictionary<string, string>(), arguments);

    private static CommandLineError? Check(Dictionary<string, string> environment, params string[] arguments)
    {
        using var directory = new SampleDirectory();
        return CommandLine.Check(typeof(CommandLineSample), [.. arguments, "--root", directory.Root], environment);
    }
}
