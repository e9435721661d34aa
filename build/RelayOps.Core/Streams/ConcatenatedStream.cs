namespace RelayOps.Core.Streams;

/// <summary>Bytes already had, then what follows. Leaves the stream below open.</summary>
public sealed class ConcatenatedStream(ReadOnlyMemory<byte> head, Stream tail) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _head = head;

    public override int Read(Span<byte> buffer)
    {
        if (_head.IsEmpty)
            return tail.Read(buffer);
        var count = Math.Min(buffer.Length, _head.Length);
        _head.Span[..count].CopyTo(buffer);
        _head = _head[count..];
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _head.IsEmpty ? tail.ReadAsync(buffer, cancellationToken) : ValueTask.FromResult(Read(buffer.Span));
}
