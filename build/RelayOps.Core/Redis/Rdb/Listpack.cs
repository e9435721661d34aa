using System.Buffers.Binary;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>
/// Elements packed since Redis 7: total bytes (4), count (2; 65535 is unknown), then per element its kind with its length, its bytes, and
/// its length again, readable from behind; 0xFF ends (redis, src/listpack.c).
/// </summary>
internal ref struct Listpack : IPackedWalker
{
    private const int HeaderBytes = 6;
    private const byte End = 0xFF;
    private const int CountUnknown = ushort.MaxValue;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position = HeaderBytes;

    public Listpack(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        if (bytes.Length < HeaderBytes + 1)
            Flaw = "a listpack shorter than its header";
        else if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != bytes.Length)
            Flaw = "a listpack of another size than it says";
        else if (bytes[^1] != End)
            Flaw = "a listpack without an end";
    }

    public long Count { get; private set; }

    public string? Flaw { get; private set; }

    public bool TryNext(out PackedElement element)
    {
        element = default;
        if (Flaw is not null)
            return false;
        var first = _bytes[_position];
        if (first == End)
        {
            Finish();
            return false;
        }

        var (header, length) = Measure(first);
        var room = _bytes.Length - 1 - _position;
        if (header == 0 || header > room || length < 0 || length > room - header || !HasLengthBehind(header + length))
        {
            Flaw ??= "a listpack element that reaches beyond its listpack";
            return false;
        }

        var content = _bytes.Slice(_position + header, length);
        element = IsText(first) ? new PackedElement(content) : new PackedElement(Number(first, content));
        _position += header + length + LengthBytes(header + length);
        Count++;
        return true;
    }

    private static bool IsText(byte first) => (first & 0xC0) == 0x80 || (first & 0xF0) == 0xE0 || first == 0xF0;

    /// <summary>Bytes before the content and of the content; a header of 0 for a kind that does not exist.</summary>
    private readonly (int Header, int Length) Measure(byte first)
    {
        var left = _bytes.Length - _position;
        return first switch
        {
            < 0x80 => (1, 0),
            < 0xC0 => (1, first & 0x3F),
            < 0xE0 => (1, 1),
            < 0xF0 => left < 2 ? (0, 0) : (2, ((first & 0xF) << 8) | _bytes[_position + 1]),
            0xF0 => left < 5 ? (0, 0) : (5, BinaryPrimitives.ReadInt32LittleEndian(_bytes[(_position + 1)..])),
            0xF1 => (1, 2),
            0xF2 => (1, 3),
            0xF3 => (1, 4),
            0xF4 => (1, 8),
            _ => (0, 0),
        };
    }

    private static long Number(byte first, ReadOnlySpan<byte> content) => first switch
    {
        < 0x80 => first,
        < 0xE0 => ((first & 0x1F) << 8 | content[0]) is var unsigned && unsigned >= 1 << 12 ? unsigned - (1 << 13) : unsigned,
        0xF1 => BinaryPrimitives.ReadInt16LittleEndian(content),
        0xF2 => (content[0] | (content[1] << 8) | (content[2] << 16)) << 8 >> 8,
        0xF3 => BinaryPrimitives.ReadInt32LittleEndian(content),
        _ => BinaryPrimitives.ReadInt64LittleEndian(content),
    };

    /// <summary>The thresholds are Redis' own, one short of what 14, 21 and 28 bits hold.</summary>
    private static int LengthBytes(int length) => length switch
    {
        <= 127 => 1,
        < 16383 => 2,
        < 2097151 => 3,
        < 268435455 => 4,
        _ => 5,
    };

    /// <summary>Seven bits a byte, the last byte first in significance; all but the first have their high bit set.</summary>
    private bool HasLengthBehind(int length)
    {
        var count = LengthBytes(length);
        var at = _position + length + count - 1;
        if (at >= _bytes.Length - 1)
            return false;
        long written = 0;
        for (var i = 0; i < count; i++)
        {
            var part = _bytes[at - i];
            written |= (long)(part & 0x7F) << (7 * i);
            if ((part & 0x80) == 0 != (i == count - 1))
                return Fail();
        }

        return written == length || Fail();
    }

    private bool Fail()
    {
        Flaw = "a listpack element whose two lengths differ";
        return false;
    }

    private void Finish()
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[4..]);
        if (_position != _bytes.Length - 1)
            Flaw = "a listpack with bytes behind its end";
        else if (count != CountUnknown && count != Count)
            Flaw = $"a listpack of {Count} elements that says it has {count}";
    }
}
