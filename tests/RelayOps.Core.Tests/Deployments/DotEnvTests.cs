using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

public class DotEnvTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("A = 1 ", "1")]
    [InlineData("export A=1", "1")]
    [InlineData("export\tA=1", "1")]
    [InlineData("A: 1", "1")]
    [InlineData("A='1 # 2'", "1 # 2")]
    [InlineData("A='it\\n'", "it\\n")]
    [InlineData("A=\"a\\nb\\\"c\\\\d\"", "a\nb\"c\\d")]
    [InlineData("A=\"two\nlines\"", "two\nlines")]
    [InlineData("A=one # comment", "one")]
    [InlineData("A=one#two", "one#two")]
    [InlineData("A=a=b", "a=b")]
    [InlineData("A=1\r\nB=2\r\n", "1")]
    [InlineData("\uFEFFA=1", "1")]
    [InlineData("# A=0\nA=1", "1")]
    [InlineData("A=0\nA=1", "1")]
    [InlineData("A=${B:-x}", "${B:-x}")]
    public void Parse_reads_a_value_as_compose_does(string text, string expected) => Assert.Equal(expected, DotEnv.Parse(text).Find("A"));

    [Theory]
    [InlineData("A=")]
    [InlineData("A=\"\"")]
    [InlineData("A= # nothing")]
    [InlineData("A")]
    [InlineData("B=1")]
    public void Find_gives_null_for_an_empty_or_missing_value(string text) => Assert.Null(DotEnv.Parse(text).Find("A"));

    [Theory]
    [InlineData("A=1\n=2\n", 2)]
    [InlineData("A=1\nB=\"open\n", 2)]
    [InlineData("A=1\n\n!!\n", 3)]
    public void Parse_names_the_lines_that_it_cannot_read(string text, int line)
    {
        var env = DotEnv.Parse(text);
        Assert.Equal(line, Assert.Single(env.BadLines));
        Assert.Equal("1", env.Find("A"));
    }

    [Fact]
    public void ToString_tells_no_value() => Assert.DoesNotContain("hidden", DotEnv.Parse("A=hidden").ToString(), StringComparison.Ordinal);

    [Fact]
    public void SecretsBeside_are_the_values_whose_names_say_so_and_that_are_no_part_of_a_name() => Assert.Equal(
        ["an-encryption-key", "another-password", "sk-of-somebody"],
        DotEnv.Parse("ENCRYPTION_KEY=an-encryption-key\nSESSION_SECRET=claude-relay\nPORT=30000000\nREDIS_PASSWORD=short\nADMIN_PASSWORD=another-password\nAPI_KEY_PREFIX=not-a-secret\nmy_token=sk-of-somebody\n")
            .SecretsBeside(["claude-relay-backup-"]).Order(StringComparer.Ordinal));
}
