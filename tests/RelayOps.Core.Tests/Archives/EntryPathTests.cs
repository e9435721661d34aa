using RelayOps.Core.Archives;

namespace RelayOps.Core.Tests.Archives;

public class EntryPathTests
{
    [Theory]
    [InlineData("./a//b/./c/", "a/b/c")]
    [InlineData("./", "")]
    [InlineData("näme/文件", "näme/文件")]
    public void Normalise_gives_one_form(string name, string expected)
    {
        Assert.Equal(expected, EntryPath.Normalise(name, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("a\0b")]
    [InlineData("a\u001b[31m")]
    public void Normalise_refuses_what_leads_out_or_lies(string name)
    {
        Assert.Equal("", EntryPath.Normalise(name, out var problem));
        Assert.NotNull(problem);
    }

    [Theory]
    [InlineData("data/link", "../logs/x", true)]
    [InlineData("link", "data", true)]
    [InlineData("link", "../data", false)]
    [InlineData("a/b/link", "../../x", true)]
    [InlineData("a/b/link", "s/../x", false)]
    [InlineData("link", "/etc", false)]
    [InlineData("link", "", false)]
    public void StaysInside_judges_a_link_wherever_others_lead(string path, string target, bool expected) =>
        Assert.Equal(expected, EntryPath.StaysInside(path, target));

    [Fact]
    public void Shown_takes_the_control_characters_away() => Assert.Equal("a?[31mb", EntryPath.Shown("a\u001b[31mb"));
}
