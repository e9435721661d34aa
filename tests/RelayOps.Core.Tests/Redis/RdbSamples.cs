using System.Text;

namespace RelayOps.Core.Tests.Redis;

/// <summary>One small sound RDB for each way to write something; each has the key <c>k</c> unless its name says otherwise.</summary>
internal static class RdbSamples
{
    private static readonly byte[] Id = new byte[16];

    public static IReadOnlyDictionary<string, byte[]> All { get; } = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
    {
        ["string"] = new RdbWriter(6).Key(0, "k").Text("value").End(),
        ["string int8"] = new RdbWriter(6).Key(0, "k").Byte(0xC0, 0xFF).End(),
        ["string int16"] = new RdbWriter(6).Key(0, "k").Byte(0xC1, 0x10, 0x27).End(),
        ["string int32"] = new RdbWriter(6).Key(0, "k").Byte(0xC2, 1, 2, 3, 4).End(),
        ["string lzf"] = new RdbWriter(6).Key(0, "k").Compressed(32, 0, (byte)'a', 0xE0, 22, 0).End(),
        ["string with a length of 9 bytes"] = new RdbWriter(6).Key(0, "k").Byte(0x81, 0, 0, 0, 0, 0, 0, 0, 2).Raw("ab"u8).End(),
        ["list"] = new RdbWriter(6).Key(1, "k").Count(2).Text("a").Byte(0xC0, 1).End(),
        ["set"] = new RdbWriter(6).Key(2, "k").Count(2).Text("a").Text("b").End(),
        ["zset decimal"] = new RdbWriter(6).Key(3, "k").Count(3).Text("a").Byte(4).Raw("1e-5"u8).Text("b").Byte(254).Text("c").Byte(255).End(),
        ["zset binary"] = new RdbWriter(8).Key(5, "k").Count(1).Text("a").Int64(BitConverter.DoubleToInt64Bits(1.5)).End(),
        ["hash"] = new RdbWriter(6).Key(4, "k").Count(1).Text("field").Text("value").End(),
        ["hash zipmap"] = new RdbWriter(6).Key(9, "k").Blob("\x02\x05"u8.ToArray().Concat("field"u8.ToArray())
            .Concat(new byte[] { 5, 2 }).Concat("value  "u8.ToArray()).Concat(new byte[] { 1, (byte)'f', 1, 0, (byte)'v', 255 }).ToArray()).End(),
        ["list ziplist"] = new RdbWriter(6).Key(10, "k").Blob(RdbWriter.Ziplist("a", 12)).End(),
        ["set intset"] = new RdbWriter(6).Key(11, "k").Blob([2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0]).End(),
        ["zset ziplist"] = new RdbWriter(6).Key(12, "k").Blob(RdbWriter.Ziplist("a", 1)).End(),
        ["hash ziplist"] = new RdbWriter(6).Key(13, "k").Blob(RdbWriter.Ziplist("field", "value")).End(),
        ["list quicklist"] = new RdbWriter(7).Key(14, "k").Count(2).Blob(RdbWriter.Ziplist("a")).Blob(RdbWriter.Ziplist("b")).End(),
        ["stream 1"] = Stream(new RdbWriter(9), 15),
        ["hash listpack"] = new RdbWriter(10).Key(16, "k").Blob(RdbWriter.Listpack("field", "value", "n", 7)).End(),
        ["zset listpack"] = new RdbWriter(10).Key(17, "k").Blob(RdbWriter.Listpack("a", 1)).End(),
        ["list quicklist 2"] = new RdbWriter(10).Key(18, "k").Count(2).Count(1).Text("plain").Count(2).Blob(RdbWriter.Listpack("b")).End(),
        ["stream 2"] = Stream(new RdbWriter(10), 19),
        ["set listpack"] = new RdbWriter(11).Key(20, "k").Blob(RdbWriter.Listpack("a", 2, "c")).End(),
        ["stream 3"] = Stream(new RdbWriter(11), 21),
        ["hash with field ttl, release candidate"] = new RdbWriter(12).Key(22, "k").Count(1).Count(4_000_000_000_000).Text("field").Text("value").End(),
        ["hash listpack with field ttl, release candidate"] = new RdbWriter(12).Key(23, "k").Blob(RdbWriter.Listpack("field", "value", 0)).End(),
        ["hash with field ttl"] = new RdbWriter(12).Key(24, "k").Int64(4_000_000_000_000).Count(2)
            .Count(1).Text("field").Text("value").Count(0).Text("f").Text("v").End(),
        ["hash listpack with field ttl"] = new RdbWriter(12).Key(25, "k").Int64(4_000_000_000_000).Blob(RdbWriter.Listpack("field", "value", 0)).End(),
        ["stream 4"] = Stream(new RdbWriter(13), 26),
        ["module"] = new RdbWriter(9).Byte(7).Text("k").Count(0x1234_5678_9ABC_DEF0)
            .Count(1).Count(5).Count(2).Count(1UL << 40).Count(3).Raw(new byte[4]).Count(4).Raw(new byte[8]).Count(5).Text("part").Count(0).End(),
        ["everything beside keys"] = new RdbWriter(13).Byte(0xFA).Text("redis-ver").Text("8.6.0").Byte(0xFA).Text("ctime").Byte(0xC0, 1)
            .Byte(247).Count(1).Count(2).Count(1).Count(0).Byte(245).Text("#!lua name=x").Byte(246).Text("n").Text("LUA").Count(1).Text("d").Text("code")
            .Byte(0xFE, 0).Byte(0xFB, 1, 1).Byte(244, 0, 1, 1).Byte(248, 5).Byte(249, 200).Byte(0xFC).Int64(4_000_000_000_000)
            .Byte(243).Count(1).Raw(new byte[4]).Count(2).Count(9).Count(0).Key(0, "k").Text("v").End(),
    };

    /// <summary>One node of two entries, the second deleted and of other fields; a group with a consumer that owes one entry.</summary>
    private static byte[] Stream(RdbWriter writer, int type)
    {
        byte[] node = RdbWriter.Listpack(1, 1, 1, "id", 0, 2, 0, 0, "v", 4, 1, 0, 1, 1, "other", "w", 6);
        writer.Key(type, "k").Count(1).Blob(Id).Blob(node).Count(1).Count(5).Count(1);
        if (type >= 19)
            writer.Count(5).Count(0).Count(5).Count(1).Count(2);
        writer.Count(1).Text("group").Count(5).Count(0);
        if (type >= 19)
            writer.Count(1);
        writer.Count(1).Raw(Id).Int64(1_700_000_000_000).Count(1).Count(1).Text("consumer").Int64(1_700_000_000_000);
        if (type >= 21)
            writer.Int64(1_700_000_000_000);
        writer.Count(1).Raw(Id);
        if (type >= 26)
            writer.Count(100).Count(100).Count(1).Text("producer").Count(1).Text("iid").Count(5).Count(0).Count(1).Count(0);
        return writer.End();
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
