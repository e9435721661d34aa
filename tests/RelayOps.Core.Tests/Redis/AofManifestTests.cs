using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Redis;

public class AofManifestTests
{
    [Fact]
    public void Parse_reads_what_redis_writes()
    {
        const string Text = "file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.1.incr.aof seq 1 type h\nfile appendonly.aof.7.incr.aof seq 7 type i\n";

        var manifest = AofManifest.Parse(Text);

        Assert.Equal(new AofFile("appendonly.aof.2.base.rdb", 2, AofFileType.Base), manifest.Base);
        Assert.Equal(["appendonly.aof.2.base.rdb", "appendonly.aof.7.incr.aof"], manifest.Loaded.Select(file => file.Name));
        Assert.True(manifest.MayBeTorn("appendonly.aof.7.incr.aof"));
        Assert.False(manifest.MayBeTorn("appendonly.aof.2.base.rdb"));
        Assert.Equal(Text, manifest.ToText());
    }

    [Fact]
    public void Parse_skips_comments_and_what_later_versions_add()
    {
        var manifest = AofManifest.Parse("# a comment\nfile \"my \\\"own\\\" file.aof\" seq 1 type i startoffset 12\n");

        Assert.Equal(new AofFile("my \"own\" file.aof", 1, AofFileType.Increment), Assert.Single(manifest.Files));
        Assert.Equal("file \"my \\\"own\\\" file.aof\" seq 1 type i\n", manifest.ToText());
    }

    [Fact]
    public void OfSnapshot_is_what_a_restore_puts_beside_its_rdb() =>
        Assert.Equal("file appendonly.aof.1.base.rdb seq 1 type b\n", AofManifest.OfSnapshot("appendonly.aof").ToText());

    [Theory]
    [InlineData("", "names no file")]
    [InlineData("# only a comment\n", "names no file")]
    [InlineData("file a seq 1 type b", "cut off")]
    [InlineData("file a seq 1 type b\n\n", "not made of")]
    [InlineData("file a seq 1\n", "not made of")]
    [InlineData("file a seq 1 type\n", "not made of")]
    [InlineData("file a seq 1 kind b\n", "its type")]
    [InlineData("file a seq 1 type x\n", "its type")]
    [InlineData("file a seq 0 type b\n", "its sequence")]
    [InlineData("file a seq -1 type b\n", "its sequence")]
    [InlineData("file a seq one type b\n", "its sequence")]
    [InlineData("file ../a seq 1 type b\n", "of this directory")]
    [InlineData("file /etc/passwd seq 1 type b\n", "of this directory")]
    [InlineData("file .. seq 1 type b\n", "of this directory")]
    [InlineData("file \"\" seq 1 type b\n", "of this directory")]
    [InlineData("file \"a seq 1 type b\n", "not closed")]
    [InlineData("file a seq 1 type b\nfile b seq 2 type b\n", "two base files")]
    [InlineData("file a seq 2 type i\nfile b seq 2 type i\n", "out of order")]
    public void Parse_refuses_what_redis_would_not_start_with(string text, string why)
    {
        var refusal = Assert.Throws<RelayOpsException>(() => AofManifest.Parse(text));

        Assert.Equal(ExitStatus.BadBackup, refusal.Status);
        Assert.Contains(why, refusal.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_accepts_or_refuses_each_of_10000_damaged_manifests()
    {
        byte[][] samples = ["file appendonly.aof.1.base.rdb seq 1 type b\nfile \"a b\" seq 2 type i\n"u8.ToArray(), "# x\nfile a seq 1 type h\n"u8.ToArray()];

        FuzzRun.Try(samples, 10_000, bytes =>
        {
            try
            {
                var manifest = AofManifest.Parse(System.Text.Encoding.UTF8.GetString(bytes));
                Assert.DoesNotContain(manifest.Files, file => file.Name.Contains('/'));
            }
            catch (RelayOpsException refusal) when (refusal.Status == ExitStatus.BadBackup)
            {
                Assert.NotEmpty(refusal.Why);
            }
        });
    }
}
