using RelayOps.Core.Streams;

namespace RelayOps.Core.Archives;

/// <summary>A stream whose beginning has been read already, counting what is taken from it.</summary>
internal sealed class CountingStream(ReadOnlyMemory<byte> beginning, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> left = beginning;
    private long total;

    public long Total => Interlocked.Read(ref total);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        if (left.Length > 0)
        {
            read = Math.Min(left.Length, buffer.Length);
            left[..read].CopyTo(buffer);
            left = left[read..];
        }
        else
        {
            read = await rest.ReadAsync(buffer, cancellationToken);
        }

        Interlocked.Add(ref total, read);
        return read;
    }
}
