using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

public sealed class FileTreeTests
{
    [Fact]
    public void Parse_sorts_by_ordinal_and_tells_kinds_apart()
    {
        var tree = FileTree.Parse("""
            now 100
            entry 81a4 12 0 0 root root 90 91 7 ././init.json
            entry 41ed 4096 0 0 root root 80 80 6 ./.
            entry a1ff 5 1000 1000 ubuntu UNKNOWN 80 80 8 ././Link to it
            entry c1ed 0 0 0 root root 80 80 9 ././a.sock

            """);

        Assert.Equal(["", "Link to it", "a.sock", "init.json"], tree.Entries.Select(entry => entry.Path));
        Assert.Equal([TreeEntryKind.Directory, TreeEntryKind.SymbolicLink, TreeEntryKind.Special, TreeEntryKind.File],
            tree.Entries.Select(entry => entry.Kind));
        var file = tree.Find("init.json")!;
        Assert.Equal((0x1A4, 12L, 7L), (file.Mode, file.Size, file.Inode));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(100), tree.TakenAt);
        Assert.Equal("", tree.Find("Link to it")!.GroupName);
    }

    [Fact]
    public void Parse_sets_names_with_a_line_break_aside()
    {
        var tree = FileTree.Parse("now 1\nentry 81a4 1 0 0 root root 1 1 1 ./a\nb\nentry 81a4 1 0 0 root root 1 1 2 ./c\n");

        Assert.Equal(["c"], tree.Entries.Select(entry => entry.Path));
        Assert.Equal((string[])["a"], tree.Unnameable);
    }

    [Fact]
    public void Parse_reports_what_may_not_be_read()
    {
        var tree = FileTree.Parse("now 1\nentry 8180 1 999 999 redis redis 1 1 1 ./dump.rdb\nclosed ./dump.rdb\n");

        Assert.Equal((string[])["dump.rdb"], tree.Unreadable);
    }
}
