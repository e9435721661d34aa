namespace RelayOps.Build.Tests.Nuke;

/// <summary>Profiles in front of every target of the build class.</summary>
public sealed class ProfileTests : IDisposable
{
    private readonly SampleDirectory _directory = new();

    public static TheoryData<string> Targets { get; } = new(BuildSurface.Of(typeof(global::Build)).Targets.Order(StringComparer.Ordinal));

    public void Dispose() => _directory.Dispose();

    [Theory, MemberData(nameof(Targets))]
    public void Check_takes_a_profile_with_every_target(string target)
    {
        _directory.WithFile(".nuke/parameters.tokyo.json", Example());

        Assert.Null(Check(target, "--profile", "tokyo"));
    }

    [Theory, MemberData(nameof(Targets))]
    public void Check_refuses_a_profile_that_is_not_there_or_has_an_unknown_key_with_every_target(string target)
    {
        _directory.WithFile(".nuke/parameters.tokyo.json", """{ "Sever": "ubuntu@203.0.113.7" }""");

        Assert.Equal("there are: tokyo", Check(target, "--profile", "berlin")!.Next);
        Assert.Equal("the nearest one is 'Server'", Check(target, "--profile", "tokyo")!.Why);
    }

    /// <summary>Its name is none that NUKE would load.</summary>
    [Fact]
    public void Example_is_commented_and_not_loaded_by_accident()
    {
        _directory.WithFile(".nuke/profile.example.jsonc", Example());

        Assert.Contains("// ", Example(), StringComparison.Ordinal);
        Assert.NotNull(Check("List", "--profile", "example"));
    }

    private static string Example() => File.ReadAllText(Path.Combine(ScriptDirectory.RepositoryRoot, ".nuke", "profile.example.jsonc"));

    private CommandLineError? Check(params string[] arguments) =>
        CommandLine.Check(typeof(global::Build), [.. arguments, "--root", _directory.Root], new Dictionary<string, string>());
}
