using System.Text.RegularExpressions;

namespace RelayOps.Build.Tests.House;

/// <summary>Who may reference whom.</summary>
public sealed partial class ReferencesTests
{
    [Fact]
    public void Core_references_nothing_but_the_runtime()
    {
        var project = Read("RelayOps.Core/RelayOps.Core.csproj");

        Assert.DoesNotContain("PackageReference", project, StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
    }

    [Fact]
    public void Core_uses_no_adapter_and_no_build_system() => Assert.DoesNotContain(
        Sources("RelayOps.Core"), file => Matches(file, @"using (RelayOps\.Adapters|Nuke|Renci|SharpCompress|Octokit)\b"));

    [Fact]
    public void Adapters_use_no_build_system() => Assert.DoesNotContain(Sources("RelayOps.Adapters"), file => Matches(file, @"using Nuke\b"));

    [Fact]
    public void Composition_alone_makes_adapters() => Assert.DoesNotContain(
        Directory.GetFiles(Path.Combine(Checkout.Root, "build", "Components"), "*.cs"), file => Matches(file, @"RelayOps\.Adapters"));

    [Fact]
    public void Sources_have_no_conditional_compilation() => Assert.DoesNotContain(
        Sources(""), file => Regex.IsMatch(File.ReadAllText(file), @"^\s*#if\b", RegexOptions.Multiline));

    [Fact]
    public void A_package_is_used_in_its_own_folder_alone()
    {
        foreach (var (package, folder) in new[] { ("Renci.SshNet", "SshNet"), ("SharpCompress", "SharpCompress"), ("Octokit", "Octokit") })
            Assert.DoesNotContain(Sources("RelayOps.Adapters"), file =>
                Matches(file, $@"using {Regex.Escape(package)}\b") && !file.Contains($"/{folder}/", StringComparison.Ordinal));
    }

    private static bool Matches(string file, string pattern) => Regex.IsMatch(File.ReadAllText(file), pattern);

    private static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, "build", project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !OfTheCompiler().IsMatch(file));

    private static string Read(string path) => File.ReadAllText(Path.Combine(Checkout.Root, "build", path));

    [GeneratedRegex("/(obj|bin)/")]
    private static partial Regex OfTheCompiler();
}
