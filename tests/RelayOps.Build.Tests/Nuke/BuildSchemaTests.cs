using System.Reflection;

namespace RelayOps.Build.Tests.Nuke;

public sealed class BuildSchemaTests
{
    [Fact]
    public void Schema_is_the_one_that_nuke_writes()
    {
        var sample = Assembly.Load("RelayOps.Build.Tests.Sample").GetType("RelayOps.Build.Tests.Sample.ParametersBuild", throwOnError: true)!;

        Assert.Equal(Written().Trim(), BuildSchema.Of(sample).Trim(), ignoreLineEndingDifferences: true);
    }

    /// <summary>Set RELAYOPS_UPDATE_SCHEMA=1 to have the file written anew.</summary>
    [Fact]
    public void Schema_in_the_repository_is_up_to_date()
    {
        var file = Path.Combine(ScriptDirectory.RepositoryRoot, ".nuke", "build.schema.json");
        if (Environment.GetEnvironmentVariable("RELAYOPS_UPDATE_SCHEMA") == "1")
            File.WriteAllText(file, BuildSchema.Of(typeof(global::Build)) + "\n");

        Assert.Equal(BuildSchema.Of(typeof(global::Build)).Trim(), File.ReadAllText(file).Trim(), ignoreLineEndingDifferences: true);
    }

    /// <summary>Set RELAYOPS_UPDATE_SCHEMA=1 to have the file written anew.</summary>
    [Fact]
    public void ProfileSchema_in_the_repository_is_up_to_date()
    {
        var file = Path.Combine(ScriptDirectory.RepositoryRoot, ".nuke", ProfileSchema.FileName);
        if (Environment.GetEnvironmentVariable("RELAYOPS_UPDATE_SCHEMA") == "1")
            File.WriteAllText(file, ProfileSchema.Of(typeof(global::Build)) + "\n");

        Assert.Equal(ProfileSchema.Of(typeof(global::Build)).Trim(), File.ReadAllText(file).Trim(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void ProfileSchema_knows_values_and_durations()
    {
        using var schema = System.Text.Json.JsonDocument.Parse(ProfileSchema.Of(typeof(global::Build)));
        var properties = schema.RootElement.GetProperty("properties");

        Assert.Equal(["quick", "deep", "drill"], properties.GetProperty("Level").GetProperty("enum").EnumerateArray().Select(value => value.GetString()!));
        Assert.Matches(properties.GetProperty("LockWait").GetProperty("pattern").GetString()!, "10m");
        Assert.DoesNotMatch(properties.GetProperty("LockWait").GetProperty("pattern").GetString()!, "ten minutes");
        Assert.Matches(properties.GetProperty("Only").GetProperty("pattern").GetString()!, "redis+data");
        Assert.DoesNotMatch(properties.GetProperty("Only").GetProperty("pattern").GetString()!, "redis+everything");
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
    }

    private static string Written()
    {
        using var stream = typeof(BuildSchemaTests).Assembly.GetManifestResourceStream("ParametersBuild.schema.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
