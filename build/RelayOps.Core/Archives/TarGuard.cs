using System.Buffers;
using System.Buffers.Binary;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Archives;

/// <summary>
/// Stands between an archive and the tar reader and sees every header first: the reader keeps long names in memory whatever
/// size they claim, accepts an archive without its end, and knows no limits.
/// </summary>
internal sealed class TarGuard(Stream source, ArchiveLimits limits, Func<long> storedBytes) : ReadOnlyStream
{
    private const int Block = 512;

    /// <summary>Extended headers hold names and times: no honest one is larger.</summary>
    private const int LongestExtension = 1 << 16;

    private static readonly SearchValues<byte> Octal = SearchValues.Create("01234567 \0"u8);

    private readonly byte[] header = new byte[Block];
    private int headerFill;
    private long dataLeft;
    private long total;
    private int headers;

    /// <summary>The end mark was seen: what follows may be zeros alone.</summary>
    public bool Ended { get; private set; }

    /// <summary>What the newest header other than an extension claims.</summary>
    public long Size { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        total += read;
        if (total > limits.RatioFreeBytes && total / limits.Ratio > storedBytes())
            throw new InvalidDataException($"it unpacks to more than {limits.Ratio} times its own size, as a decompression bomb does");
        if (total > limits.ContentBytes)
            throw new InvalidDataException($"it unpacks to more than {limits.ContentBytes >> 30} GiB");
        Inspect(buffer.Span[..read]);
        return read;
    }

    private void Inspect(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (Ended)
            {
                if (bytes.ContainsAnyExcept((byte)0))
                    throw new InvalidDataException("there is something behind its end");
                return;
            }

            var part = (int)Math.Min(bytes.Length, dataLeft > 0 ? dataLeft : Block - headerFill);
            if (dataLeft > 0)
            {
                dataLeft -= part;
            }
            else
            {
                bytes[..part].CopyTo(header.AsSpan(headerFill));
                headerFill += part;
                if (headerFill == Block)
                    Header();
            }

            bytes = bytes[part..];
        }
    }

    private void Header()
    {
        headerFill = 0;
        if (!header.AsSpan().ContainsAnyExcept((byte)0))
        {
            Ended = true;
            return;
        }

        CheckSum();
        // An extension may precede each entry, and two where GNU tar needs a long name and a long link.
        if (++headers > 3L * limits.Entries)
            throw new InvalidDataException($"it has more than {limits.Entries} entries");
        var size = Number(header.AsSpan(124, 12));
        var type = header[156];
        if (type is (byte)'x' or (byte)'L' or (byte)'K')
        {
            if (size > LongestExtension)
                throw new InvalidDataException($"an extended header claims {size} bytes");
        }
        else
        {
            CheckKind(type, size);
            Size = size;
        }

        dataLeft = (size + Block - 1) / Block * Block;
    }

    private static void CheckKind(byte type, long size)
    {
        var problem = type switch
        {
            0 or (byte)'0' or (byte)'7' => null,
            (byte)'1' or (byte)'2' or (byte)'5' => size == 0 ? null : "a link or directory with content",
            (byte)'3' or (byte)'4' => "a device",
            (byte)'6' => "a named pipe",
            (byte)'S' => "a sparse file, which is not supported",
            (byte)'g' => "a global extended header, which is not supported",
            _ => $"an entry of the unknown type 0x{type:x2}",
        };
        if (problem is not null)
            throw new InvalidDataException($"it contains {problem}");
    }

    private void CheckSum()
    {
        var sum = 0;
        for (var i = 0; i < Block; i++)
            sum += i is >= 148 and < 156 ? ' ' : header[i];
        var field = header.AsSpan(148, 8);
        if (field.ContainsAnyExcept(Octal) || Number(field) != sum)
            throw new InvalidDataException(headers == 0 ? "it is no tar archive" : "a tar header in it is damaged");
    }

    /// <summary>Octal digits, or a big-endian number where the first bit is set, as GNU tar writes what octal cannot hold.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if (field[0] == 0x80)
        {
            var number = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            if (number >= 0 && !field[1..^8].ContainsAnyExcept((byte)0))
                return Limited(number);
            throw new InvalidDataException("a size is not a number");
        }

        long value = 0;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                throw new InvalidDataException("a size is not a number");
            value = (value << 3) + (digit - '0');
        }

        return Limited(value);
    }

    private static long Limited(long size) =>
        size <= 1L << 46 ? size : throw new InvalidDataException($"a file claims {size} bytes");
}
