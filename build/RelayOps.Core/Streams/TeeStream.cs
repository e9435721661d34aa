using System.IO.Pipelines;

namespace RelayOps.Core.Streams;

/// <summary>Hands what is read on to a second reader as well; goes on alone once that reader has enough.</summary>
public sealed class TeeStream(Stream inner, PipeWriter second) : ReadOnlyStream
{
    private bool _secondHasEnough;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        if (count > 0 && !_secondHasEnough)
            _secondHasEnough = (await second.WriteAsync(buffer[..count], cancellationToken)).IsCompleted;
        return count;
    }
}
