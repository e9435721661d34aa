using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RelayOps.Core.Streams;

/// <summary>
/// What is written to a file by way of this can be read by way of this alone: the key lives in memory, for as long as the stream (AES-256 in
/// counter mode). No position is to be written twice. It hides and does not authenticate: nobody else is to have the file open.
/// </summary>
internal sealed class VeiledStream(Stream file) : Stream
{
    private const int BlockBytes = 16;

    private readonly Aes cipher = Aes.Create();

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var position = file.Position;
        var read = file.Read(buffer, offset, count);
        Veil(buffer.AsSpan(offset, read), position);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var position = file.Position;
        var read = await file.ReadAsync(buffer, cancellationToken);
        Veil(buffer.Span[..read], position);
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        var veiled = buffer.AsSpan(offset, count).ToArray();
        Veil(veiled, file.Position);
        file.Write(veiled);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var veiled = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            buffer.CopyTo(veiled);
            Veil(veiled.AsSpan(0, buffer.Length), file.Position);
            await file.WriteAsync(veiled.AsMemory(0, buffer.Length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(veiled);
        }
    }

    public override void Flush() => file.Flush();

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The same for both directions: the block cipher of each position's number is added to what stands there.</summary>
    private void Veil(Span<byte> bytes, long position)
    {
        var (first, skipped) = Math.DivRem(position, BlockBytes);
        var length = ((int)skipped + bytes.Length + BlockBytes - 1) / BlockBytes * BlockBytes;
        var numbers = ArrayPool<byte>.Shared.Rent(length);
        var pad = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            numbers.AsSpan(0, length).Clear();
            for (var block = 0; block < length / BlockBytes; block++)
                BinaryPrimitives.WriteInt64BigEndian(numbers.AsSpan(block * BlockBytes + sizeof(long)), first + block);
            cipher.EncryptEcb(numbers.AsSpan(0, length), pad.AsSpan(0, length), PaddingMode.None);
            for (var at = 0; at < bytes.Length; at++)
                bytes[at] ^= pad[(int)skipped + at];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(numbers);
            ArrayPool<byte>.Shared.Return(pad, clearArray: true);
        }
    }
}
