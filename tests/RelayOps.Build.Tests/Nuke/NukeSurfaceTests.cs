using System.Reflection;
using Nuke.Common;
using Nuke.Common.CI.GitHubActions;
using Nuke.Common.IO;
using Nuke.Common.Tooling;
using Nuke.Common.Utilities.Collections;

namespace RelayOps.Build.Tests.Nuke;

/// <summary>
/// <c>NukeSurface.txt</c> lists every member of NUKE that RelayOps may use, with its signature. Whichever assembly is there must have them;
/// the stand-in must have nothing else, so that nothing compiles against it that would not against NUKE.
/// </summary>
public sealed class NukeSurfaceTests
{
    private static readonly Assembly[] Assemblies =
        [.. new[] { typeof(NukeBuild), typeof(GitHubActions), typeof(AbsolutePath), typeof(Configure<>), typeof(DictionaryExtensions) }.Select(type => type.Assembly).Distinct()];

    private static bool IsStandIn => Assemblies is [var only] && only.GetType("Nuke.Common.Execution.PlanText") is not null;

    [Fact]
    public void Surface_has_every_member_in_use() =>
        Assert.Empty(Listed().Except(NukeSurface.Of(Assemblies)));

    [Fact]
    public void Surface_of_the_stand_in_has_nothing_that_is_not_listed() =>
        Assert.Empty(IsStandIn ? NukeSurface.Of(Assemblies).Except(Listed()) : []);

    private static List<string> Listed()
    {
        using var stream = typeof(NukeSurfaceTests).Assembly.GetManifestResourceStream("NukeSurface.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        Assert.NotEmpty(lines);
        return lines;
    }
}
