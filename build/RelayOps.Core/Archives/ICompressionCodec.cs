namespace RelayOps.Core.Archives;

/// <summary>A compressed format, for archives and for the wire.</summary>
public interface ICompressionCodec
{
    /// <summary><c>gzip</c> or <c>zstd</c>: the value of <c>--compression</c>.</summary>
    string Name { get; }

    /// <summary>Behind <c>.tar</c>: <c>.gz</c> or <c>.zst</c>.</summary>
    string Extension { get; }

    /// <summary>The first bytes of every file in this format.</summary>
    ReadOnlySpan<byte> Magic { get; }

    /// <summary>What it needs is on this machine.</summary>
    bool IsAvailable => true;

    /// <summary>Compresses what is written. Disposing ends the compressed stream and leaves <paramref name="destination"/> open.</summary>
    /// <param name="level">The format's own scale, or null for the default.</param>
    Stream Compress(Stream destination, int? level);

    /// <summary>Decompresses what is read. Damaged input: <see cref="InvalidDataException"/>. Leaves <paramref name="source"/> open.</summary>
    Stream Decompress(Stream source);
}
