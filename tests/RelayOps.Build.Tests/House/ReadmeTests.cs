using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Nuke.Common;

namespace RelayOps.Build.Tests.House;

/// <summary>What the README says of targets and parameters is what the build class has, word for word.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Targets_of_the_readme_are_those_of_the_build_class() =>
        Assert.Equal(BuildSurface.Targets.Select(target => $"| `{target.Name}` | {target.Description} |"), Rows("targets"));

    [Fact]
    public void Parameters_of_the_readme_are_those_of_the_build_class() =>
        Assert.Equal(BuildSurface.Parameters.Select(Row), Rows("parameters"));

    [Fact]
    public void Targets_have_ten_lines_or_fewer()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Checkout.Root, "build", "Components"), "*.cs"))
            foreach (Match target in TargetBodies().Matches(File.ReadAllText(file)))
                Assert.True(target.Value.Count(c => c == '\n') <= 10, $"{Path.GetFileName(file)}: {target.Value}");
    }

    private static string Row(ParameterFact parameter) =>
        $"| `--{parameter.Name}`{(parameter.IsSecret ? " (secret)" : "")} | {parameter.Description} |";

    private static ImmutableArray<string> Rows(string table)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "README.md"));
        var begin = text.IndexOf($"<!-- {table}:", StringComparison.Ordinal);
        var end = text.IndexOf($"<!-- end of {table} -->", StringComparison.Ordinal);
        return [.. text[begin..end].Split('\n').Where(line => line.StartsWith('|')).Skip(2)];
    }

    [GeneratedRegex(@"    Target \w+ => _ => _.*?;", RegexOptions.Singleline)]
    private static partial Regex TargetBodies();
}

/// <summary>A parameter as its attribute describes it.</summary>
internal sealed record ParameterFact(string Name, string Description, bool IsSecret, Type Type);

internal sealed record TargetFact(string Name, string Description);

/// <summary>Targets and parameters of the build class, by reflection over its components.</summary>
internal static partial class BuildSurface
{
    private static readonly Type Build = Assembly.Load("_build").GetType("Build", throwOnError: true)!;

    public static IEnumerable<TargetFact> Targets => Components
        .SelectMany(component => component.GetProperties())
        .Where(property => property.PropertyType == typeof(Target))
        .Select(property => new TargetFact(property.Name, DescriptionOf(property)))
        .OrderBy(target => target.Name, StringComparer.Ordinal);

    public static IEnumerable<ParameterFact> Parameters => Components
        .SelectMany(component => component.GetProperties())
        .Select(property => (Property: property, Attribute: property.GetCustomAttribute<ParameterAttribute>()))
        .Where(found => found.Attribute is not null)
        .Select(found => new ParameterFact(Kebab(found.Attribute!.Name ?? found.Property.Name), found.Attribute.Description,
            found.Property.GetCustomAttributes().Any(attribute => attribute.GetType().Name.StartsWith("Secret", StringComparison.Ordinal)), found.Property.PropertyType))
        .OrderBy(parameter => parameter.Name, StringComparer.Ordinal);

    private static IEnumerable<Type> Components =>
        Build.GetInterfaces().Where(component => component.Assembly == Build.Assembly);

    /// <summary>The description is said to the definition when the target is made; here the source is read instead.</summary>
    private static string DescriptionOf(PropertyInfo property)
    {
        var source = File.ReadAllText(Path.Combine(Checkout.Root, "build", "Components", $"{property.DeclaringType!.Name}.cs"));
        var target = source[source.IndexOf($"Target {property.Name} =>", StringComparison.Ordinal)..];
        return Descriptions().Match(target).Groups[1].Value;
    }

    private static string Kebab(string name) => Humps().Replace(name, "-$1").ToLowerInvariant();

    [GeneratedRegex(@"\.Description\(""([^""]*)""\)")]
    private static partial Regex Descriptions();

    [GeneratedRegex("(?<=[a-z])([A-Z])")]
    private static partial Regex Humps();
}

internal static class Checkout
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo directory) =>
        File.Exists(Path.Combine(directory.FullName, "RelayOps.sln")) ? directory.FullName : Find(directory.Parent!);
}
