using System.IO.Pipelines;

namespace RelayOps.Adapters.Hosts.SshNet;

/// <summary>Fails like a pipe when the other end is gone, instead of swallowing.</summary>
internal sealed class PipeInput(PipeWriter writer) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            for (; !buffer.IsEmpty; buffer = buffer[Math.Min(buffer.Length, 256 * 1024)..])
            {
                if ((await writer.WriteAsync(buffer[..Math.Min(buffer.Length, 256 * 1024)], cancellationToken).ConfigureAwait(false)).IsCompleted)
                    throw new IOException("the command takes no more input");
            }
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("the input is closed", e);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            writer.Complete();
        base.Dispose(disposing);
    }
}
