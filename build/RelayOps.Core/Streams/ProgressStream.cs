namespace RelayOps.Core.Streams;

/// <summary>Tells how many bytes are read as they are read. Leaves the stream below open.</summary>
public sealed class ProgressStream(Stream inner, Action<long> read) : ReadOnlyStream
{
    public override long Length => inner.Length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Tell(await inner.ReadAsync(buffer, cancellationToken));

    private int Tell(int bytes)
    {
        read(bytes);
        return bytes;
    }
}
