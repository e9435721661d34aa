using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Tests.Stores;

public sealed class ArchiveNameTests
{
    [Fact]
    public void For_has_the_contracts_form()
    {
        var id = BackupId.Get("20250805_142530");

        Assert.Equal("claude-relay-backup-20250805_142530.tar.gz", ArchiveName.For(id, ".gz"));
        Assert.Equal("claude-relay-backup-20250805_142530.tar.zst.age", ArchiveName.For(id, ".zst", ".age"));
    }

    [Theory]
    [InlineData("claude-relay-backup-20250805_142530.tar.zst.gpg", "claude-relay-backup-20250805_142530.json")]
    [InlineData("old relay-20250805-142530.tar.gz", "old relay-20250805-142530.json")]
    public void Find_takes_a_name_apart(string fileName, string record)
    {
        var name = ArchiveName.Find(fileName);

        Assert.Equal(("20250805_142530", record), (name!.Id.ToString(), name.Record));
    }

    [Theory]
    [InlineData("")]
    [InlineData("20250805_142530.tar.gz")]
    [InlineData("a-20250805_142530.tar.gz\n")]
    [InlineData("a\u001b[31m-20250805_142530.tar.gz")]
    [InlineData("../a-20250805_142530.tar.gz")]
    [InlineData("a/b-20250805_142530.tar.gz")]
    [InlineData("a\\b-20250805_142530.tar.gz")]
    [InlineData(".a-20250805_142530.tar.gz")]
    [InlineData("a-٢٠٢٥٠٨٠٥_142530.tar.gz")]
    [InlineData("a-20250230_142530.tar.gz")]
    [InlineData("a-20250805_142530.tar.gz.age.age")]
    [InlineData("a-20250805_142530.TAR.GZ")]
    public void Find_returns_null_for_what_is_no_archives_name(string fileName) => Assert.Null(ArchiveName.Find(fileName));
}
