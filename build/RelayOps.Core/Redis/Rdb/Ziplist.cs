using System.Buffers.Binary;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>
/// Elements packed before Redis 7: total bytes (4), offset of the last element (4), count (2; 65535 is unknown), then per element the length
/// of the one before, its kind with its length, its bytes; 0xFF ends (redis, src/ziplist.c).
/// </summary>
internal ref struct Ziplist : IPackedWalker
{
    private const int HeaderBytes = 10;
    private const byte End = 0xFF;
    private const byte LongBefore = 0xFE;
    private const int CountUnknown = ushort.MaxValue;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position = HeaderBytes;
    private int _last;
    private long _before;

    public Ziplist(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        if (bytes.Length < HeaderBytes + 1)
            Flaw = "a ziplist shorter than its header";
        else if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != bytes.Length)
            Flaw = "a ziplist of another size than it says";
        else if (bytes[^1] != End)
            Flaw = "a ziplist without an end";
    }

    public long Count { get; private set; }

    public string? Flaw { get; private set; }

    public bool TryNext(out PackedElement element)
    {
        element = default;
        if (Flaw is not null)
            return false;
        if (_bytes[_position] == End)
        {
            Finish();
            return false;
        }

        var rest = _bytes[_position..^1];
        var link = rest[0] == LongBefore ? 5 : 1;
        if (rest.Length <= link || (link == 5 ? BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]) : rest[0]) != _before)
            return Fail("a ziplist element that mistakes the length of the one before");
        var kind = rest[link];
        var (header, length) = Measure(rest[link..]);
        if (header == 0 || length < 0 || length > rest.Length - link - header)
            return Fail("a ziplist element that reaches beyond its ziplist");
        var content = rest.Slice(link + header, length);
        element = kind < 0xC0 ? new PackedElement(content) : new PackedElement(Number(kind, content));
        (_last, _before) = (_position, link + header + length);
        _position += link + header + length;
        Count++;
        return true;
    }

    /// <summary>Bytes of the kind and of the content; a header of 0 where the kind does not exist or is cut off.</summary>
    private static (int Header, int Length) Measure(ReadOnlySpan<byte> element) => element[0] switch
    {
        < 0x40 => (1, element[0]),
        < 0x80 => element.Length < 2 ? (0, 0) : (2, ((element[0] & 0x3F) << 8) | element[1]),
        0x80 => element.Length < 5 ? (0, 0) : (5, BinaryPrimitives.ReadInt32BigEndian(element[1..])),
        0xC0 => (1, 2),
        0xD0 => (1, 4),
        0xE0 => (1, 8),
        0xF0 => (1, 3),
        0xFE => (1, 1),
        > 0xF0 and < 0xFE => (1, 0),
        _ => (0, 0),
    };

    private static long Number(byte kind, ReadOnlySpan<byte> content) => kind switch
    {
        0xC0 => BinaryPrimitives.ReadInt16LittleEndian(content),
        0xD0 => BinaryPrimitives.ReadInt32LittleEndian(content),
        0xE0 => BinaryPrimitives.ReadInt64LittleEndian(content),
        0xF0 => (content[0] | (content[1] << 8) | (content[2] << 16)) << 8 >> 8,
        0xFE => (sbyte)content[0],
        _ => (kind & 0x0F) - 1,
    };

    private bool Fail(string flaw)
    {
        Flaw = flaw;
        return false;
    }

    private void Finish()
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[8..]);
        if (_position != _bytes.Length - 1)
            Flaw = "a ziplist with bytes behind its end";
        else if (Count > 0 && BinaryPrimitives.ReadUInt32LittleEndian(_bytes[4..]) != _last)
            Flaw = "a ziplist that does not know where its last element is";
        else if (count != CountUnknown && count != Count)
            Flaw = $"a ziplist of {Count} elements that says it has {count}";
    }
}
