using RelayOps.Core.Archives;
using RelayOps.Core.Streams;
using SharpCompress.Compressors.ZStandard;

namespace RelayOps.Adapters.Archives;

/// <summary>Zstandard by SharpCompress: needs no program.</summary>
internal sealed class SharpCompressZstdCodec : ICompressionCodec
{
    /// <summary>zstd's own default.</summary>
    private const int DefaultLevel = 3;

    public string Name => "zstd";

    public string Extension => ".zst";

    public ReadOnlySpan<byte> Magic => [0x28, 0xB5, 0x2F, 0xFD];

    public Stream Compress(Stream destination, int? level) =>
        new CompressionStream(destination, level ?? DefaultLevel, leaveOpen: true);

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
            catch (ZstdException exception)
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
