namespace RelayOps.Core.Streams;

/// <summary>Bytes already had, then what follows. Leaves the stream below open.</summary>
public sealed class ConcatenatedStream(ReadOnlyMemory<byte> head, Stream tail) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _head = head;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_head.IsEmpty)
            return tail.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, _head.Length);
        _head[..count].CopyTo(buffer);
        _head = _head[count..];
        return ValueTask.FromResult(count);
    }
}
