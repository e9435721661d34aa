using System.Buffers.Binary;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>A set of integers: bytes per integer (4), count (4), then the integers, ascending (redis, src/intset.c).</summary>
internal static class Intset
{
    private const int HeaderBytes = 8;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? FindFlaw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
            return "an intset shorter than its header";
        var width = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        long count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (width is not (2 or 4 or 8))
            return $"an intset of integers of {width} bytes";
        if (count == 0)
            return "an intset of nothing";
        if (HeaderBytes + (count * width) != bytes.Length)
            return "an intset of another size than it says";
        var previous = long.MinValue;
        for (var i = 0; i < count; i++)
        {
            var item = bytes.Slice(HeaderBytes + (i * (int)width), (int)width);
            var value = width switch
            {
                2 => BinaryPrimitives.ReadInt16LittleEndian(item),
                4 => BinaryPrimitives.ReadInt32LittleEndian(item),
                _ => BinaryPrimitives.ReadInt64LittleEndian(item),
            };
            if (i > 0 && value <= previous)
                return "an intset out of order";
            previous = value;
        }

        return null;
    }
}
