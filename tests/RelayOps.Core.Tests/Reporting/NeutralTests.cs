using RelayOps.Core.Reporting;

namespace RelayOps.Core.Tests.Reporting;

public sealed class NeutralTests
{
    [Theory]
    [InlineData("plain text, 100%", "plain text, 100%")]
    [InlineData("naïve 数据 🦀", "naïve 数据 🦀")]
    [InlineData("\u001b[31;1mred\u001b[0m", "red")]
    [InlineData("\u009b31mred", "red")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("\u001b]8;;http://evil\u001b\\link", "link")]
    [InlineData("\u001b]0;no end\nnext", "\nnext")]
    [InlineData("\u001bcreset", "reset")]
    [InlineData("a\0b\u0008c\u007f", "a\uFFFDb\uFFFDc\uFFFD")]
    [InlineData("one\r\ntwo\rthree", "one\ntwo\nthree")]
    [InlineData("a\tb", "a b")]
    [InlineData("evil\u202Egnp.exe", "evil\uFFFDgnp.exe")]
    [InlineData("std::string", "std::string")]
    public void Text_takes_away_what_a_terminal_obeys(string text, string expected) => Assert.Equal(expected, Neutral.Text(text));

    [Theory]
    [InlineData("::error::gone", ": :error::gone")]
    [InlineData("  \t::set-output name=a::b", "   : :set-output name=a::b")]
    [InlineData("fine\n::add-mask::x", "fine\n: :add-mask::x")]
    [InlineData("fine\r::add-mask::x", "fine\n: :add-mask::x")]
    [InlineData("\u001b[0m::error::x", ": :error::x")]
    [InlineData("before ##[error]x", "before ## [error]x")]
    [InlineData("##\u001b[0m[error]x", "## [error]x")]
    [InlineData("\u3000::error::x", "\u3000: :error::x")]
    [InlineData("\u0085::error::x", "\n: :error::x")]
    public void Case26_ARemoteLineThatIsACommandToTheRunner_is_neutralised(string text, string expected) => Assert.Equal(expected, Neutral.Text(text));

    [Fact]
    public void Case26_ARemoteLineThatIsACommandToTheRunner_never_survives_whatever_is_sent()
    {
        var random = new Random(26);
        string[] pieces = ["::", ":", "##[", "##", "#", "[", "\u001b", "\u001b[", "m", "\r", "\n", " ", "\t", "\u0085", "\u2028", "\u200B", "error", "\u001b]", "\u0007", "\u009b", "0", "\uFEFF"];
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));

            foreach (var line in Neutral.Text(text).Split('\n'))
            {
                Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal), $"round {round}: {line}");
                Assert.DoesNotContain("##[", line, StringComparison.Ordinal);
                Assert.DoesNotContain(line, char.IsControl);
            }
        }
    }

    [Fact]
    public void Line_joins_lines_and_cuts_between_characters()
    {
        Assert.Equal("one | two", Neutral.Line(" one\n\n two \n"));
        Assert.Equal("abc…", Neutral.Line("abcdef", 4));
        Assert.Equal("ab…", Neutral.Line("ab🦀def", 4));
    }
}
