using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Redis;

public class RdbVisitorTests
{
    public static TheoryData<string> Hashes { get; } = new(RdbSamples.All.Keys.Where(name => name.StartsWith("hash", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Hashes))]
    public async Task Field_is_handed_out_however_a_hash_is_written(string name)
    {
        var visitor = new Collector("k");

        await RdbReaderTests.ReadAsync(RdbSamples.All[name], visitor);

        Assert.Equal("field=value", visitor.Seen[0]);
    }

    [Theory]
    [InlineData("string", "value")]
    [InlineData("string int8", "-1")]
    [InlineData("string int16", "10000")]
    [InlineData("string int32", "67305985")]
    [InlineData("string lzf", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Value_is_handed_out_as_redis_would_answer_it(string name, string value)
    {
        var visitor = new Collector("k");

        await RdbReaderTests.ReadAsync(RdbSamples.All[name], visitor);

        Assert.Equal([value], visitor.Seen);
    }

    [Fact]
    public async Task Field_is_handed_out_for_every_field_of_a_real_dump()
    {
        var visitor = new Collector("hash:large", "hash:numbers", "hash:wide");

        await RdbReaderTests.ReadAsync(await File.ReadAllBytesAsync(Path.Combine(RdbReaderTests.FixtureDirectory(), "redis-7.4.rdb")), visitor);

        Assert.Equal(520 + 12 + 2, visitor.Seen.Count);
        Assert.Contains("field-520=value-520", visitor.Seen);
        foreach (var number in new long[] { 1, -1, 127, -128, 4095, -4096, 32767, -32768, 8388607, -8388608, 2147483647, 9007199254740993 })
            Assert.Contains($"f{number}={number}", visitor.Seen);
    }

    [Fact]
    public async Task Field_is_handed_out_whole_where_it_spans_blocks()
    {
        const int Fields = 20_000;
        var rdb = new RdbWriter(9).Key(4, "k").Count(Fields);
        for (var i = 0; i < Fields; i++)
            rdb.Text($"field-{i}").Text($"value-{i}-{new string('x', i % 150)}");
        var visitor = new Collector("k");

        await RdbReaderTests.ReadAsync(rdb.End(), visitor);

        Assert.Equal(Enumerable.Range(0, Fields).Select(i => $"field-{i}=value-{i}-{new string('x', i % 150)}"), visitor.Seen);
    }

    [Fact]
    public async Task Field_reads_the_integers_of_a_ziplist_as_those_of_a_listpack()
    {
        var (old, recent) = (new Collector("hash:numbers"), new Collector("hash:numbers"));

        await RdbReaderTests.ReadAsync(await File.ReadAllBytesAsync(Path.Combine(RdbReaderTests.FixtureDirectory(), "redis-3.0.rdb")), old);
        await RdbReaderTests.ReadAsync(await File.ReadAllBytesAsync(Path.Combine(RdbReaderTests.FixtureDirectory(), "redis-7.0.rdb")), recent);

        Assert.Equal(recent.Seen.Order(), old.Seen.Order());
    }

    [Fact]
    public async Task Nothing_is_handed_out_that_was_not_asked_for()
    {
        var visitor = new Collector();

        await RdbReaderTests.ReadAsync(RdbSamples.All["hash"], visitor);
        await RdbReaderTests.ReadAsync(RdbSamples.All["string"], visitor);

        Assert.Empty(visitor.Seen);
        Assert.Equal(["0 k stays", "0 k stays"], visitor.Keys);
    }

    [Fact]
    public async Task Value_above_the_bound_is_checked_but_not_handed_out()
    {
        var large = new byte[IRdbVisitor.LongestValue + 1];
        var visitor = new Collector("k", "after");

        var summary = await RdbReaderTests.ReadAsync(
            new RdbWriter(9).Key(0, "k").Blob(large).Byte(4).Text("k").Count(1).Text("f").Blob(large).Key(0, "after").Text("v").End(), visitor);

        Assert.Equal(["v"], visitor.Seen);
        Assert.Equal(3, summary.Counts.Keys);
    }

    [Fact]
    public async Task Key_comes_with_database_and_expiry()
    {
        var visitor = new Collector();

        var summary = await RdbReaderTests.ReadAsync(
            new RdbWriter(9).Byte(0xFE, 3).Byte(0xFD, 1, 0, 0, 0).Key(0, "a").Text("v").Byte(0xFC).Int64(2).Key(0, "b").Text("v").Key(0, "c").Text("v").End(), visitor);

        Assert.Equal(["3 a 1000", "3 b 2", "3 c stays"], visitor.Keys);
        Assert.Equal(2, summary.Counts.Databases[3].Expiring);
    }

    [Fact]
    public async Task Key_too_long_to_hand_out_counts_among_the_others()
    {
        var visitor = new Collector();

        var summary = await RdbReaderTests.ReadAsync(new RdbWriter(9).Byte(0).Blob(new byte[IRdbVisitor.LongestValue + 1]).Text("v").End(), visitor);

        Assert.Empty(visitor.Keys);
        Assert.Equal(1, summary.Counts.Databases[0].Prefixes[KeyPrefix.Other]);
    }

    private sealed class Collector(params string[] wanted) : IRdbVisitor
    {
        public List<string> Keys { get; } = [];

        public List<string> Seen { get; } = [];

        public void Key(int database, ReadOnlySpan<byte> key, long? expiry) =>
            Keys.Add($"{database} {RdbSamples.Text(key)} {expiry?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "stays"}");

        public bool Wants(int database, ReadOnlySpan<byte> key) => wanted.Contains(RdbSamples.Text(key));

        public void Value(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Seen.Add(RdbSamples.Text(value));

        public void Field(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value) =>
            Seen.Add($"{RdbSamples.Text(field)}={RdbSamples.Text(value)}");
    }
}
