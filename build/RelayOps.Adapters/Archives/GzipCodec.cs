using System.IO.Compression;
using RelayOps.Core.Archives;

namespace RelayOps.Adapters.Archives;

/// <summary>The runtime's gzip. Its header has no name and no time, so that equal input gives equal output.</summary>
public sealed class GzipCodec : ICompressionCodec
{
    public string Name => "gzip";

    public string Extension => ".gz";

    public ReadOnlySpan<byte> Magic => [0x1F, 0x8B];

    /// <param name="level">0 to 9; null for 1, see <c>Codecs</c>.</param>
    public Stream Compress(Stream destination, int? level) =>
        new GZipStream(destination, new ZLibCompressionOptions { CompressionLevel = level ?? 1 }, leaveOpen: true);

    public Stream Decompress(Stream source) => new GzipDecompression(source);
}
