using RelayOps.Core.Archives;
using RelayOps.Core.Streams;
using SharpCompress.Common;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Compressors.ZStandard.Unsafe;

namespace RelayOps.Adapters.Archives;

/// <summary>Zstandard by SharpCompress: needs no program.</summary>
internal sealed class SharpCompressZstdCodec : ICompressionCodec
{
    /// <summary>zstd's own default.</summary>
    private const int DefaultLevel = 3;

    public string Name => "zstd";

    public string Extension => ".zst";

    public ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    public Stream Compress(Stream destination, int? level)
    {
        var stream = new CompressionStream(destination, level ?? DefaultLevel, leaveOpen: true);
        // The library writes no checksum unless told to; the program does.
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return stream;
    }

    public Stream Decompress(Stream source) => new Decompression(source);

    /// <summary>Tells damage as the interface wants it told.</summary>
    private sealed class Decompression(Stream source) : ReadOnlyStream
    {
        private readonly DecompressionStream zstd = new(source, leaveOpen: true);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await zstd.ReadAsync(buffer, cancellationToken);
            }
            catch (SharpCompressException exception)
            {
                throw new InvalidDataException($"zstd: {exception.Message}", exception);
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await zstd.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
