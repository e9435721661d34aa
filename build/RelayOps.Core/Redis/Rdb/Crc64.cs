using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>
/// CRC-64 with Jones' polynomial, reflected, starting at zero: what ends an RDB (redis, src/crc64.c). Not System.IO.Hashing's, which is ECMA's.
/// </summary>
internal static class Crc64
{
    private const ulong Polynomial = 0x95AC9329AC4BC9B5;

    private const int Slices = 16;

    /// <summary>Row n tells what a byte does that is followed by n others, so that 16 bytes need no loop over bits or bytes.</summary>
    private static readonly ulong[] Table = MakeTable();

    public static ulong Append(ulong crc, ReadOnlySpan<byte> bytes)
    {
        ref var table = ref MemoryMarshal.GetArrayDataReference(Table);
        while (bytes.Length >= Slices)
        {
            var low = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            crc = Eight(ref table, low, 15) ^ Eight(ref table, high, 7);
            bytes = bytes[Slices..];
        }

        foreach (var value in bytes)
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ref ulong table, ulong word, int row) =>
        At(ref table, row, word) ^ At(ref table, row - 1, word >> 8) ^ At(ref table, row - 2, word >> 16) ^ At(ref table, row - 3, word >> 24)
        ^ At(ref table, row - 4, word >> 32) ^ At(ref table, row - 5, word >> 40) ^ At(ref table, row - 6, word >> 48) ^ At(ref table, row - 7, word >> 56);

    /// <summary>The index is below 16 × 256 by construction, so no bound is checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong At(ref ulong table, int row, ulong word) => Unsafe.Add(ref table, (row << 8) | (byte)word);

    private static ulong[] MakeTable()
    {
        var table = new ulong[Slices * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            table[i] = crc;
        }

        for (var i = 256; i < table.Length; i++)
            table[i] = (table[i - 256] >> 8) ^ table[(byte)table[i - 256]];
        return table;
    }
}
