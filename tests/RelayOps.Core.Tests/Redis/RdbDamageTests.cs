using static RelayOps.Core.Tests.Redis.RdbWriter;

namespace RelayOps.Core.Tests.Redis;

/// <summary>Files whose checksum is right or absent, and whose structure is wrong: what only looking inside finds.</summary>
public class RdbDamageTests
{
    private static readonly Dictionary<string, (string Why, byte[] Bytes)> Cases = new()
    {
        ["no RDB"] = ("begin with REDIS", "PK34567890123456789"u8.ToArray()),
        ["version that is no number"] = ("no number", "REDIS00x9\xff"u8.ToArray()),
        ["version of the future"] = ("version 14", new RdbWriter(14).End()),
        ["version without a checksum"] = ("version 4", new RdbWriter(4).Byte(0xFF).Cut()),
        ["nothing"] = ("ends early", []),
        ["unknown type"] = ("8 is neither", new RdbWriter(9).Key(8, "k").Text("v").End(false)),
        ["unknown opcode"] = ("200 is neither", new RdbWriter(9).Byte(200).End(false)),
        ["opcode of a later version"] = ("243 is no opcode", new RdbWriter(12).Byte(243, 0).End(false)),
        ["database number"] = ("no number of a database", new RdbWriter(9).Byte(0xFE).Count(1UL << 40).End(false)),
        ["length that is none"] = ("0x82 is no length", new RdbWriter(9).Key(0, "k").Byte(0x82, 0, 0).End(false)),
        ["encoding where a length belongs"] = ("0xC0 is no length", new RdbWriter(9).Key(1, "k").Byte(0xC0, 0).End(false)),
        ["string encoding"] = ("0xC4", new RdbWriter(9).Key(0, "k").Byte(0xC4, 0, 0).End(false)),
        ["string of 2^63 bytes"] = ("ends early", new RdbWriter(9).Key(0, "k").Byte(0x81, 0x80, 0, 0, 0, 0, 0, 0, 0).End(false)),
        ["key of 2^64-1 bytes"] = ("ends early", new RdbWriter(9).Byte(0, 0x81).Raw(Filled(8, 0xFF)).End(false)),
        ["list of 2^64-1 elements"] = ("", new RdbWriter(9).Key(1, "k").Byte(0x81).Raw(Filled(8, 0xFF)).End(false)),
        ["packed value of 2^31 bytes"] = ("ends early", new RdbWriter(9).Key(13, "k").Byte(0x80, 0x80, 0, 0, 0).End(false)),
        ["lzf bomb"] = ("cannot become", new RdbWriter(9).Key(0, "k").Byte(0xC3).Count(3).Count(1UL << 33).Raw("abc"u8).End(false)),
        ["lzf of nothing"] = ("cannot become", new RdbWriter(9).Key(0, "k").Compressed(0).End(false)),
        ["lzf too short"] = ("does not unpack", new RdbWriter(9).Key(0, "k").Compressed(3, 0, (byte)'a').End(false)),
        ["lzf before its begin"] = ("does not unpack", new RdbWriter(9).Key(0, "k").Compressed(4, 0, (byte)'a', 0x20, 9).End(false)),
        ["lzf cut in a literal"] = ("does not unpack", new RdbWriter(9).Key(0, "k").Compressed(9, 8, (byte)'a').End(false)),
        ["packed lzf too short"] = ("does not unpack", new RdbWriter(9).Key(13, "k").Compressed(3, 0, (byte)'a').End(false)),
        ["packed lzf before its begin"] = ("does not unpack", new RdbWriter(9).Key(13, "k").Compressed(4, 0, (byte)'a', 0x20, 9).End(false)),
        ["packed lzf cut in a reference"] = ("does not unpack", new RdbWriter(9).Key(13, "k").Compressed(4, 0, (byte)'a', 0xE0).End(false)),
        ["score that is not a number"] = ("not a number", new RdbWriter(9).Key(5, "k").Count(1).Text("a").Int64(-1).End(false)),
        ["decimal score that is none"] = ("no number", new RdbWriter(6).Key(3, "k").Count(1).Text("a").Byte(2).Raw("1x"u8).End(false)),
        ["intset width"] = ("3 bytes", new RdbWriter(9).Key(11, "k").Blob([3, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3]).End(false)),
        ["intset count"] = ("another size", new RdbWriter(9).Key(11, "k").Blob([2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0]).End(false)),
        ["intset order"] = ("out of order", new RdbWriter(9).Key(11, "k").Blob([2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 0]).End(false)),
        ["intset of nothing"] = ("of nothing", new RdbWriter(9).Key(11, "k").Blob([2, 0, 0, 0, 0, 0, 0, 0]).End(false)),
        ["ziplist size"] = ("another size", Packed(13, Ziplist("a", "b"), 0, 1)),
        ["ziplist tail"] = ("where its last", Packed(13, Ziplist("a", "b"), 4, 1)),
        ["ziplist count"] = ("says it has 3", Packed(13, Ziplist("a", "b"), 8, 1)),
        ["ziplist element length"] = ("reaches beyond", Packed(13, Ziplist("a", "b"), 11, 0x20)),
        ["ziplist previous length"] = ("mistakes the length", Packed(13, Ziplist("a", "b"), 13, 1)),
        ["ziplist element kind"] = ("reaches beyond", Packed(13, Ziplist("a", "b"), 11, 0xC0)),
        ["ziplist without an end"] = ("without an end", Packed(13, Ziplist("a", "b"), 16, 1)),
        ["ziplist with bytes behind its end"] = ("behind its end", new RdbWriter(9).Key(10, "k").Blob([15, 0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 1, (byte)'a', 255, 255]).End(false)),
        ["ziplist that is no ziplist"] = ("shorter than", new RdbWriter(9).Key(13, "k").Text("ab").End(false)),
        ["hash ziplist with half a field"] = ("half an entry", new RdbWriter(9).Key(13, "k").Blob(Ziplist("a")).End(false)),
        ["listpack size"] = ("another size", Packed(16, Listpack("a", "b"), 0, 1)),
        ["listpack count"] = ("says it has 3", Packed(16, Listpack("a", "b"), 4, 1)),
        ["listpack element length"] = ("", Packed(16, Listpack("a", "b"), 6, 0x30)),
        ["listpack length behind"] = ("two lengths differ", Packed(16, Listpack("a", "b"), 8, 1)),
        ["listpack kind"] = ("reaches beyond", Packed(16, Listpack("a", "b"), 6, 0x81 ^ 0xF5)),
        ["listpack without an end"] = ("without an end", Packed(16, Listpack("a", "b"), 12, 1)),
        ["listpack with bytes behind its end"] = ("behind its end", new RdbWriter(10).Key(20, "k").Blob([11, 0, 0, 0, 1, 0, 0x81, (byte)'a', 2, 255, 255]).End(false)),
        ["listpack that is no listpack"] = ("shorter than", new RdbWriter(10).Key(16, "k").Text("ab").End(false)),
        ["hash listpack with half a field"] = ("half an entry", new RdbWriter(10).Key(16, "k").Blob(Listpack("a")).End(false)),
        ["hash listpack without an expiry"] = ("half an entry", new RdbWriter(12).Key(23, "k").Blob(Listpack("a", "b")).End(false)),
        ["zipmap count"] = ("says it has 2", new RdbWriter(6).Key(9, "k").Blob([2, 1, (byte)'f', 1, 0, (byte)'v', 255]).End(false)),
        ["zipmap with bytes behind its end"] = ("behind its end", new RdbWriter(6).Key(9, "k").Blob([1, 1, (byte)'f', 1, 0, (byte)'v', 255, 255]).End(false)),
        ["zipmap length"] = ("reaches beyond", new RdbWriter(6).Key(9, "k").Blob([1, 254, 255, 255, 255, 255, 255]).End(false)),
        ["zipmap without a value"] = ("reaches beyond", new RdbWriter(6).Key(9, "k").Blob([1, 1, (byte)'f', 255]).End(false)),
        ["quicklist container"] = ("3 is no kind", new RdbWriter(10).Key(18, "k").Count(1).Count(3).Text("a").End(false)),
        ["quicklist node of nothing"] = ("of nothing", new RdbWriter(10).Key(18, "k").Count(1).Count(1).Text("").End(false)),
        ["field that expires after the end of time"] = ("later than any", new RdbWriter(12).Key(24, "k").Int64(1L << 60).Count(1).Count(1).Text("f").Text("v").End(false)),
        ["stream node name"] = ("no stream id", new RdbWriter(9).Key(15, "k").Count(1).Text("short").End(false)),
        ["stream without its entries"] = ("has none", new RdbWriter(9).Key(15, "k").Count(0).Count(3).End(false)),
        ["stream node without a master entry"] = ("master entry", Node(Listpack(1, 0, 1, "id"))),
        ["stream node with too many entries"] = ("cut off", Node(Listpack(2, 0, 1, "id", 0, 2, 0, 0, "v", 4))),
        ["stream node with too few entries"] = ("more than its entries", Node(Listpack(0, 0, 1, "id", 0, 2, 0, 0, "v", 4))),
        ["stream entry of another length"] = ("cut off", Node(Listpack(1, 0, 1, "id", 0, 2, 0, 0, "v", 5))),
        ["consumer that owes what its group never handed out"] = ("a consumer that owes", Group(1, 2)),
        ["group that handed out an entry twice"] = ("handed out twice", Group(1, 1, 1)),
        ["module part"] = ("9 is no part", new RdbWriter(9).Key(7, "k").Count(1).Count(9).Count(0).End(false)),
        ["module before its release"] = ("release candidate", new RdbWriter(9).Key(6, "k").Count(1).Count(0).End(false)),
        ["module aux without its time"] = ("when they are to be loaded", new RdbWriter(9).Byte(247).Count(1).Count(1).Count(0).End(false)),
        ["no end"] = ("ends early", new RdbWriter(9).Key(0, "k").Text("v").Cut()),
    };

    public static TheoryData<string> Names { get; } = new(Cases.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ReadAsync_refuses_with_offset_and_reason(string name)
    {
        var (why, bytes) = Cases[name];

        var refusal = await RdbReaderTests.RefusedAsync(bytes);

        Assert.Contains(why, refusal.Why, StringComparison.Ordinal);
        Assert.True(refusal.Why.StartsWith("at byte ", StringComparison.Ordinal) || refusal.Why.StartsWith("its format", StringComparison.Ordinal), refusal.Why);
    }

    private static byte[] Filled(int length, byte value) => [.. Enumerable.Repeat(value, length)];

    /// <summary>A packed value with one byte changed.</summary>
    private static byte[] Packed(int type, byte[] bytes, int at, int flip)
    {
        bytes[at] ^= (byte)flip;
        return new RdbWriter(10).Key(type, "k").Blob(bytes).End(false);
    }

    /// <summary>An empty stream with a group that has these entries pending, the last of them at its only consumer.</summary>
    private static byte[] Group(params int[] pending)
    {
        var rdb = new RdbWriter(9).Key(15, "k").Count(0).Count(0).Count(0).Count(0).Count(1).Text("group").Count(0).Count(0).Count((ulong)pending.Length - 1);
        foreach (var id in pending[..^1])
            rdb.Int64(id).Int64(0).Int64(0).Count(1);
        return rdb.Count(1).Text("consumer").Int64(0).Count(1).Int64(pending[^1]).Int64(0).End(false);
    }

    private static byte[] Node(byte[] listpack) => new RdbWriter(9).Key(15, "k").Count(1).Blob(new byte[16]).Blob(listpack).Count(1).End(false);
}
