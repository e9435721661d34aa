using System.Buffers.Binary;
using System.IO.Compression;

namespace RelayOps.Adapters.Archives;

/// <summary>
/// The runtime's gunzip takes a file without its trailer, or with something behind it, for whole. The trailer's last four bytes are the
/// content's length, so they must be the file's last four bytes too.
/// </summary>
internal sealed class GzipDecompression(GzipDecompression.Tail source) : GZipStream(source, CompressionMode.Decompress, leaveOpen: true)
{
    private uint length;
    private bool ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        unchecked
        {
            length += (uint)read;
        }

        if (read == 0 && buffer.Length > 0 && !ended)
        {
            ended = true;
            if (await source.ReadAsync(new byte[1], cancellationToken) > 0 || source.LastWord != length)
                throw new InvalidDataException("its compressed data are cut, damaged or followed by something else");
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Remembers the last four bytes that were read.</summary>
    internal sealed class Tail(Stream source) : Stream
    {
        private readonly byte[] last = new byte[4];

        public uint LastWord => BinaryPrimitives.ReadUInt32LittleEndian(last);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            var kept = Math.Min(read, last.Length);
            last.AsSpan(kept).CopyTo(last);
            buffer.Span[(read - kept)..read].CopyTo(last.AsSpan(last.Length - kept));
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) =>
            ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
