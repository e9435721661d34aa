using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>The lengths and strings that everything in an RDB is made of.</summary>
internal sealed class RdbInput(ByteSource source)
{
    /// <summary>What is looked into as a whole, at most: a packed collection, or a value that a visitor wants. Redis' own packed nodes stay below 64 KiB.</summary>
    public const int LargestWhole = 16 << 20;

    private readonly Scratch _compressed = new();

    public ByteSource Source => source;

    /// <summary>A number in 1, 2, 5 or 9 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadLength()
    {
        var first = source.ReadByte();
        return first < 0x40 ? first : ReadLongLength(first);
    }

    /// <summary>A string that must not be long, e.g. the name of an auxiliary field.</summary>
    public string ReadText(Scratch scratch, int longest) =>
        TryReadString(scratch, longest, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>
    /// The string, or false when it is longer than <paramref name="longest"/> bytes and was skipped, checked all the same.
    /// The span is valid until the next read.
    /// </summary>
    public bool TryReadString(Scratch scratch, int longest, out ReadOnlySpan<byte> value)
    {
        var first = source.ReadByte();
        if (first >= 0xC0)
            return TryReadEncoded(first, scratch, longest, out value);
        var length = first < 0x40 ? first : ReadLongLength(first);
        if (length > (ulong)longest)
        {
            source.Skip(length);
            value = default;
            return false;
        }

        value = source.Take((int)length, scratch);
        return true;
    }

    /// <summary>True when it has any bytes.</summary>
    public bool SkipString()
    {
        var first = source.ReadByte();
        if (first >= 0xC0)
        {
            SkipEncoded(first);
            return true;
        }

        var length = first < 0x40 ? first : ReadLongLength(first);
        source.Skip(length);
        return length > 0;
    }

    private ulong ReadLongLength(byte first) => first switch
    {
        < 0x80 => ((first & 0x3FUL) << 8) | source.ReadByte(),
        0x80 => source.ReadUInt32BigEndian(),
        0x81 => source.ReadUInt64BigEndian(),
        _ => throw source.Damage($"0x{first:X2} is no length"),
    };

    private bool TryReadEncoded(byte first, Scratch scratch, int longest, out ReadOnlySpan<byte> value)
    {
        if (first == 0xC3)
            return TryReadCompressed(scratch, longest, out value);
        var number = ReadInteger(first);
        var room = scratch.Reserve(11);
        number.TryFormat(room, out var written, provider: CultureInfo.InvariantCulture);
        value = room[..written];
        return true;
    }

    private void SkipEncoded(byte first)
    {
        if (first == 0xC3)
        {
            var (compressed, length) = ReadCompressedLengths();
            MeasureCompressed(compressed, length);
            return;
        }

        _ = ReadInteger(first);
    }

    private int ReadInteger(byte first) => first switch
    {
        0xC0 => (sbyte)source.ReadByte(),
        0xC1 => (short)(source.ReadByte() | (source.ReadByte() << 8)),
        0xC2 => (int)source.ReadUInt32LittleEndian(),
        _ => throw source.Damage($"0x{first:X2} is no way to write a string"),
    };

    private bool TryReadCompressed(Scratch scratch, int longest, out ReadOnlySpan<byte> value)
    {
        var (compressed, length) = ReadCompressedLengths();
        if (length > (ulong)longest || compressed > (ulong)longest)
        {
            MeasureCompressed(compressed, length);
            value = default;
            return false;
        }

        var begin = source.Offset;
        var input = source.Take((int)compressed, _compressed);
        var output = scratch.Reserve((int)length);
        if (!Lzf.TryDecompress(input, output))
            throw source.Damage("a compressed string does not unpack to its length", begin);
        value = output;
        return true;
    }

    private (ulong Compressed, ulong Length) ReadCompressedLengths()
    {
        var (compressed, length) = (ReadLength(), ReadLength());
        if (compressed == 0 || length == 0 || length / Lzf.MostExpansion > compressed)
            throw source.Damage($"a compressed string of {compressed} bytes cannot become {length}");
        return (compressed, length);
    }

    private void MeasureCompressed(ulong compressed, ulong length)
    {
        var begin = source.Offset;
        if (Lzf.Measure(source, compressed) != length)
            throw source.Damage("a compressed string does not unpack to its length", begin);
    }
}
