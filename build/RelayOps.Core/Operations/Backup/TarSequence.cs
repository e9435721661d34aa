using System.Formats.Tar;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Backup;

/// <summary>Reads tar archives that stand one behind the other in a stream, as if they were one.</summary>
internal sealed class TarSequence(Stream stream) : IAsyncDisposable
{
    private const int BlockBytes = 512;

    private TarReader _reader = new(stream, leaveOpen: true);

    /// <summary>Null at the end of the stream. An entry's data are to be read before the next one is asked for.</summary>
    public async Task<TarEntry?> GetNextEntryAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await _reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
                return entry;
            if (await FindNextArchiveAsync(cancellationToken) is not { } beginning)
                return null;
            await _reader.DisposeAsync();
            _reader = new TarReader(new ConcatenatedStream(beginning, stream), leaveOpen: true);
        }
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    /// <summary>The first block that is not the filling behind an archive.</summary>
    private async Task<byte[]?> FindNextArchiveAsync(CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        while (await stream.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, cancellationToken) is var read and > 0)
        {
            if (read < BlockBytes)
                throw new EndOfStreamException("the archive ends within a block");
            if (block.AsSpan().ContainsAnyExcept((byte)0))
                return block;
        }

        return null;
    }
}
