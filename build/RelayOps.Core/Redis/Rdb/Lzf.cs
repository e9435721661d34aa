namespace RelayOps.Core.Redis.Rdb;

/// <summary>LZF as Redis stores it: literal runs of up to 32 bytes and references of 3 to 264 bytes, at most 8 KiB back (redis, src/lzf_d.c).</summary>
internal static class Lzf
{
    /// <summary>Three bytes become at most 264, so a claim beyond this is a lie that needs no buffer to refute.</summary>
    public const int MostExpansion = 88;

    /// <summary>True when the input makes exactly as many bytes as the output has room for.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var made = 0;
        var i = 0;
        while (i < input.Length)
        {
            int control = input[i++];
            if (control < 32)
            {
                var run = control + 1;
                if (run > input.Length - i || run > output.Length - made)
                    return false;
                input.Slice(i, run).CopyTo(output[made..]);
                (i, made) = (i + run, made + run);
                continue;
            }

            var length = control >> 5;
            if (length == 7 && i < input.Length)
                length += input[i++];
            if (i >= input.Length)
                return false;
            var from = made - ((control & 31) << 8) - input[i++] - 1;
            length += 2;
            if (from < 0 || length > output.Length - made)
                return false;
            Repeat(output, from, made, length);
            made += length;
        }

        return made == output.Length;
    }

    /// <summary>
    /// The same check on a value that nobody wants, without making it: what it becomes, and that no reference points before its begin.
    /// Null when it is malformed.
    /// </summary>
    public static ulong? Measure(ByteSource source, ulong compressed)
    {
        ulong made = 0;
        while (compressed > 0)
        {
            int control = source.ReadByte();
            compressed--;
            var needs = control < 32 ? (ulong)control + 1 : control >> 5 == 7 ? 2UL : 1UL;
            if (needs > compressed)
                return null;
            compressed -= needs;
            if (control < 32)
            {
                source.Skip(needs);
                made += needs;
                continue;
            }

            var length = (ulong)(control >> 5) + 2;
            if (needs == 2)
                length += source.ReadByte();
            var back = ((ulong)(control & 31) << 8) + source.ReadByte() + 1;
            if (back > made)
                return null;
            made += length;
        }

        return made;
    }

    private static void Repeat(Span<byte> output, int from, int to, int length)
    {
        if (from + length <= to)
        {
            output.Slice(from, length).CopyTo(output[to..]);
            return;
        }

        // The reference reaches into what it makes itself: a repetition, byte by byte.
        for (var i = 0; i < length; i++)
            output[to + i] = output[from + i];
    }
}
