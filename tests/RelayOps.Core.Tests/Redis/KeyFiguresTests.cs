using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Redis;

public sealed class KeyFiguresTests
{
    [Fact]
    public async Task Prefixes_have_the_keys_that_the_reader_counted_and_bytes_that_fit_into_the_file()
    {
        var dump = await File.ReadAllBytesAsync(Path.Combine(RdbReaderTests.FixtureDirectory(), "redis-7.4.rdb"));
        var figures = new KeyFigures();

        var summary = await RdbReader.ReadAsync(new MemoryStream(dump), figures, CancellationToken.None);

        Assert.Equal(summary.Counts.Keys, figures.Prefixes.Sum(prefix => prefix.Keys));
        Assert.Equal(summary.Counts.Databases.Values.Sum(database => database.Expiring), figures.Prefixes.Sum(prefix => prefix.Expiring));
        Assert.InRange(figures.Prefixes.Sum(prefix => prefix.Bytes), dump.Length * 8 / 10, dump.Length);
        Assert.Equal(20, figures.Prefixes.Single(prefix => prefix.Prefix == "usage:daily").Keys);
    }

    [Fact]
    public async Task Prefixes_tell_bytes_and_expiries_of_their_keys()
    {
        var rdb = new RdbWriter(9)
            .Key(0, "usage:1").Text("12345")
            .Byte(0xFC).Int64(2_000).Key(0, "usage:2").Text("1")
            .Byte(0xFC).Int64(9_000).Key(0, "usage:3").Text("1")
            .Key(0, "claude:account:1").Text("x").End();
        var figures = new KeyFigures();

        await RdbReaderTests.ReadAsync(rdb, figures);

        var usage = figures.Prefixes.Single(prefix => prefix.Prefix == "usage");
        // A type, a length and a name, a length and a value.
        Assert.Equal(new PrefixFigures("usage", 3, (1 + 8 + 6) + (1 + 8 + 2) + (1 + 8 + 2), 2, 2_000, 9_000), usage);
        Assert.Equal(1, figures.Accounts["claude"]);
    }

    [Fact]
    public async Task Between_tells_what_came_went_and_changed()
    {
        var before = await DigestAsync(new RdbWriter(9).Key(0, "usage:same").Text("1").Key(0, "usage:other").Text("1").Key(0, "session:gone").Text("1"));
        var after = await DigestAsync(new RdbWriter(9).Key(0, "usage:other").Text("2").Key(0, "usage:same").Text("1").Key(0, "apikey:new").Text("1"));

        Assert.Equal(
            [new KeyDifference("apikey", 1, 0, 0), new KeyDifference("session", 0, 1, 0), new KeyDifference("usage", 0, 0, 1)],
            KeyDigests.Between(before, after)!.Value.AsEnumerable());
    }

    /// <summary>Redis writes fields in the order of its table, and a small hash otherwise than a large one.</summary>
    [Fact]
    public async Task Between_compares_hashes_by_content()
    {
        var table = await DigestAsync(new RdbWriter(9).Key(4, "usage:h").Count(2).Text("a").Text("1").Text("b").Text("2"));
        var turned = await DigestAsync(new RdbWriter(9).Key(4, "usage:h").Count(2).Text("b").Text("2").Text("a").Text("1"));
        var packed = await DigestAsync(new RdbWriter(11).Key(16, "usage:h").Blob(RdbWriter.Listpack("a", "1", "b", "2")));
        var swapped = await DigestAsync(new RdbWriter(9).Key(4, "usage:h").Count(2).Text("a").Text("2").Text("b").Text("1"));

        Assert.Empty(KeyDigests.Between(table, turned)!.Value);
        Assert.Empty(KeyDigests.Between(table, packed)!.Value);
        Assert.Equal([new KeyDifference("usage", 0, 0, 1)], KeyDigests.Between(table, swapped)!.Value.AsEnumerable());
    }

    [Fact]
    public async Task Between_sees_a_list_that_changed_and_spans_blocks()
    {
        static RdbWriter List(int changed)
        {
            const int Elements = 20_000;
            var rdb = new RdbWriter(9).Key(1, "usage:records").Count(Elements);
            for (var i = 0; i < Elements; i++)
                rdb.Text(i == changed ? $"changed-element-{i}" : $"element-number-{i}");
            return rdb;
        }

        var list = await DigestAsync(List(-1));

        Assert.Empty(KeyDigests.Between(list, await DigestAsync(List(-1)))!.Value);
        Assert.Equal([new KeyDifference("usage:records", 0, 0, 1)], KeyDigests.Between(list, await DigestAsync(List(7)))!.Value.AsEnumerable());
    }

    private static async Task<KeyDigests> DigestAsync(RdbWriter rdb)
    {
        var digests = new KeyDigests();
        await RdbReaderTests.ReadAsync(rdb.End(), digests);
        return digests;
    }
}
