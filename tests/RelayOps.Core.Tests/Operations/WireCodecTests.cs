using RelayOps.Core.Operations.Backup;

namespace RelayOps.Core.Tests.Operations;

public sealed class WireCodecTests
{
    private static readonly HashSet<string> Both = ["gzip", "zstd", "tar"];

    [Theory]
    [InlineData(1e6, "gzip")]
    [InlineData(20e6, "zstd")]
    [InlineData(60e6, "zstd")]
    [InlineData(110e6, "zstd")]
    [InlineData(130e6, "none")]
    public void Choose_compresses_where_the_link_is_the_slower_one(double link, string codec) =>
        Assert.Equal(codec, WireCodec.Choose(link, Both));

    [Fact]
    public void Choose_never_takes_what_one_side_lacks()
    {
        Assert.Equal("none", WireCodec.Choose(1e6, new HashSet<string> { "tar" }));
        Assert.Equal("none", WireCodec.Choose(30e6, new HashSet<string> { "gzip" }));
        Assert.Equal("gzip", WireCodec.Choose(10e6, new HashSet<string> { "gzip" }));
    }
}
