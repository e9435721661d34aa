using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Inspection;

namespace RelayOps.Core.Tests.Operations;

public sealed class InsideDifferenceTests
{
    [Fact]
    public void Between_names_files_prefixes_and_variables_and_no_value()
    {
        var before = Side("20250805_142530", "A=secret-one\nB=1\nC=1\n", new() { ["data/a"] = "1", ["data/b"] = "1", ["data/c"] = "1" }, new() { ["usage"] = 3, ["session"] = 1 });
        var after = Side("live", "A=secret-two\nB=1\nD=1\n", new() { ["data/a"] = "2", ["data/b"] = "1", ["data/d"] = "1" }, new() { ["usage"] = 3, ["apikey"] = 2 });

        var difference = InsideDifference.Between(before, after);

        Assert.Equal(["data/d"], difference.FilesAdded.AsEnumerable());
        Assert.Equal(["data/c"], difference.FilesRemoved.AsEnumerable());
        Assert.Equal(["data/a"], difference.FilesChanged.AsEnumerable());
        Assert.Equal(1, difference.FilesEqual);
        Assert.Equal((4, 5), (difference.KeysBefore, difference.KeysAfter));
        Assert.Equal([new PrefixChange("apikey", 0, 2), new PrefixChange("session", 1, 0)], difference.Prefixes.AsEnumerable());
        Assert.Equal(("D", "C", "A"), (difference.EnvironmentAdded.Single(), difference.EnvironmentRemoved.Single(), difference.EnvironmentChanged.Single()));
        Assert.DoesNotContain("secret", InspectText.Json(difference) + string.Concat(InspectText.Lines(difference)), StringComparison.Ordinal);
    }

    [Fact]
    public void ParseHashes_takes_names_with_blanks_and_escapes()
    {
        var sha256 = new string('a', 64);

        var files = InsideSide.ParseHashes($"{sha256}  ./data/a b\n\\{sha256}  ./data/back\\\\slash\nsha256sum: no\n").ToList();

        Assert.Equal([("data/a b", sha256), ("data/back\\slash", sha256)], files);
    }

    private static InsideSide Side(string name, string env, Dictionary<string, string> files, Dictionary<string, long> prefixes) =>
        new(name, files, prefixes, null, DotEnv.Parse(env), []);
}
