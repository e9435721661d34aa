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

    private static string Written()
    {
        using var stream = typeof(BuildSchemaTests).Assembly.GetManifestResourceStream("ParametersBuild.schema.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
