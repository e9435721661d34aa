namespace RelayOps.Core.Streams;

/// <summary>What every stream that is only written, and ended by its disposal, has in common.</summary>
public abstract class WriteOnlyStream : Stream
{
    private bool _ended;

    public sealed override bool CanRead => false;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => true;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public sealed override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public sealed override void Flush()
    {
    }

    public sealed override async ValueTask DisposeAsync()
    {
        await EndOnceAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    protected sealed override void Dispose(bool disposing)
    {
        if (disposing)
            EndOnceAsync().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    /// <summary>Writes what is still owed; called once.</summary>
    protected abstract Task EndAsync();

    private async Task EndOnceAsync()
    {
        if (_ended)
            return;
        _ended = true;
        await EndAsync();
    }
}
