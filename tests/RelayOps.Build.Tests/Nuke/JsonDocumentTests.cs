namespace RelayOps.Build.Tests.Nuke;

/// <summary>Which runs owe a JSON document on standard output.</summary>
public sealed class JsonDocumentTests : IDisposable
{
    private static readonly BuildSurface Surface = BuildSurface.Of(typeof(global::Build));

    private readonly SampleDirectory _directory = new();

    public static TheoryData<string> Targets { get; } = new(Surface.Targets.Order(StringComparer.Ordinal));

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("List"), InlineData("Inspect"), InlineData("Usage"), InlineData("Status"), InlineData("Verify"), InlineData("Prune"), InlineData("Doctor"), InlineData("Preflight"), InlineData("Update")]
    public void Reading_targets_print_json(string target) => Assert.True(Surface.PrintsJson(target));

    [Theory, MemberData(nameof(Targets))]
    public void Check_refuses_json_on_the_command_line_where_there_is_none(string target)
    {
        var error = Check(target, "--json");

        Assert.Equal(Surface.PrintsJson(target) ? null : $"{target} prints no JSON", error?.What);
        Assert.Equal(Surface.PrintsJson(target), By([target, "--json"]));
    }

    [Fact]
    public void Check_refuses_json_for_two_targets_at_once() =>
        Assert.Equal("--json is for one target, and 2 are named", Check("List", "Usage", "--json")!.What);

    [Fact]
    public void By_passes_over_a_wish_of_the_environment_or_a_profile_where_there_is_none()
    {
        var environment = new Dictionary<string, string> { ["JSON"] = "true" };
        _directory.WithFile(".nuke/parameters.tokyo.json", """{ "Json": true }""");

        Assert.True(By(["List"], environment));
        Assert.False(By(["Backup"], environment));
        Assert.Null(CommandLine.Check(typeof(global::Build), ["Backup", "--root", _directory.Root], environment));
        Assert.True(By(["List", "--profile", "tokyo"]));
        Assert.False(By(["Backup", "--profile", "tokyo"]));
        Assert.False(By(["List", "--profile", "tokyo", "--json", "false"]));
        Assert.False(By(["List", "--json", "--help"]));
        Assert.False(By(["List"]));
    }

    private bool By(string[] arguments, Dictionary<string, string>? environment = null) =>
        JsonDocumentWanted.By(typeof(global::Build), [.. arguments, "--root", _directory.Root], environment ?? []);

    private CommandLineError? Check(params string[] arguments) =>
        CommandLine.Check(typeof(global::Build), [.. arguments, "--root", _directory.Root], new Dictionary<string, string>());
}
