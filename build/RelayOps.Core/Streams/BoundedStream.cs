namespace RelayOps.Core.Streams;

/// <summary>The next <paramref name="length"/> bytes of a stream, which stays open.</summary>
public sealed class BoundedStream(Stream inner, long length) : ReadOnlyStream
{
    private long _left = length;

    public override long Length { get; } = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Take(await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken));

    private int Take(int read)
    {
        _left -= read;
        return read;
    }
}
