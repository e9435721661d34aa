using System.Buffers.Binary;
using System.IO.Compression;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Archives;

/// <summary>
/// The runtime's gunzip takes a file without its trailer, or with something behind it, for whole. The trailer's last four bytes are the
/// content's length, so they must be the file's last four bytes too.
/// </summary>
internal sealed class GzipDecompression : ReadOnlyStream
{
    private readonly Tail source;
    private readonly GZipStream gzip;
    private uint length;
    private bool ended;

    public GzipDecompression(Stream source)
    {
        this.source = new Tail(source);
        gzip = new GZipStream(this.source, CompressionMode.Decompress, leaveOpen: true);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await gzip.ReadAsync(buffer, cancellationToken);
        length = unchecked(length + (uint)read);
        if (read == 0 && buffer.Length > 0 && !ended)
        {
            ended = true;
            if (await source.ReadAsync(new byte[1], cancellationToken) > 0 || source.LastWord != length)
                throw new InvalidDataException("its compressed data are cut, damaged or followed by something else");
        }

        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await gzip.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Remembers the last four bytes that were read.</summary>
    private sealed class Tail(Stream source) : ReadOnlyStream
    {
        private readonly byte[] last = new byte[4];

        public uint LastWord => BinaryPrimitives.ReadUInt32LittleEndian(last);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            var kept = Math.Min(read, last.Length);
            last.AsSpan(kept).CopyTo(last);
            buffer.Span[(read - kept)..read].CopyTo(last.AsSpan(last.Length - kept));
            return read;
        }
    }
}
