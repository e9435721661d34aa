using System.Buffers.Binary;
using System.Text;

namespace RelayOps.Core.Tests.Redis;

/// <summary>Writes RDB files by hand, sound and unsound, for what no server at hand writes any more, not yet, or never would.</summary>
internal sealed class RdbWriter
{
    private readonly List<byte> _bytes = [];

    public RdbWriter(int version) => Raw(Encoding.ASCII.GetBytes($"REDIS{version:0000}"));

    public int Length => _bytes.Count;

    public RdbWriter Byte(params int[] values)
    {
        foreach (var value in values)
            _bytes.Add((byte)value);
        return this;
    }

    public RdbWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public RdbWriter Count(ulong value)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, value);
        return value switch
        {
            < 1 << 6 => Byte((int)value),
            < 1 << 14 => Byte(0x40 | (int)(value >> 8), (int)value),
            <= uint.MaxValue => Byte(0x80).Raw(number[4..]),
            _ => Byte(0x81).Raw(number),
        };
    }

    public RdbWriter Int64(long value)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        return Raw(number);
    }

    public RdbWriter Text(string text) => Blob(Encoding.UTF8.GetBytes(text));

    public RdbWriter Blob(ReadOnlySpan<byte> bytes) => Count((ulong)bytes.Length).Raw(bytes);

    public RdbWriter Compressed(ulong length, params byte[] lzf) => Byte(0xC3).Count((ulong)lzf.Length).Count(length).Raw(lzf);

    public RdbWriter Key(int type, string key) => Byte(type).Text(key);

    /// <summary>All that was written, with end and checksum.</summary>
    public byte[] End(bool checksum = true)
    {
        Byte(0xFF);
        return [.. _bytes, .. Checksum(checksum ? Crc(_bytes) : 0)];
    }

    /// <summary>All that was written, without an end.</summary>
    public byte[] Cut() => [.. _bytes];

    /// <summary>Bit by bit, as the definition has it.</summary>
    public static ulong Crc(IEnumerable<byte> bytes)
    {
        ulong crc = 0;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x95AC9329AC4BC9B5;
        }

        return crc;
    }

    /// <summary>Texts up to 63 bytes and numbers from 0 to 127.</summary>
    public static byte[] Listpack(params object[] elements)
    {
        var body = new List<byte>();
        foreach (var element in elements)
        {
            byte[] entry = element is string text ? [(byte)(0x80 | text.Length), .. Encoding.UTF8.GetBytes(text)] : [(byte)(int)element];
            body.AddRange([.. entry, (byte)entry.Length]);
        }

        return [.. UInt32(body.Count + 7), .. UInt16(elements.Length), .. body, 0xFF];
    }

    /// <summary>Texts up to 63 bytes and numbers from 0 to 12.</summary>
    public static byte[] Ziplist(params object[] elements)
    {
        var body = new List<byte>();
        var (last, before) = (10, 0);
        foreach (var element in elements)
        {
            last = 10 + body.Count;
            body.Add((byte)before);
            body.AddRange(element is string text ? [(byte)text.Length, .. Encoding.UTF8.GetBytes(text)] : [(byte)(0xF1 + (int)element)]);
            before = 10 + body.Count - last;
        }

        return [.. UInt32(body.Count + 11), .. UInt32(last), .. UInt16(elements.Length), .. body, 0xFF];
    }

    private static byte[] Checksum(ulong crc)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, crc);
        return bytes;
    }

    private static byte[] UInt32(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    private static byte[] UInt16(int value) => [(byte)value, (byte)(value >> 8)];
}
