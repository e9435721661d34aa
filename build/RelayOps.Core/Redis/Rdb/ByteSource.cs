using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>
/// A stream read ahead block by block, handed out as spans to a parser that is plain synchronous code. The parser has a thread of its own
/// and waits on it only for a block that has not arrived yet: a state machine per element would cost more than the parsing.
/// A span is valid until the next read.
/// </summary>
internal sealed class ByteSource(Stream stream, string subject, CancellationToken cancellationToken) : IDisposable
{
    private const int FirstBlockBytes = 1 << 14;
    private const int BlockBytes = 1 << 18;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly Scratch _numbers = new();
    private byte[] _block = [];
    private byte[]? _spare;
    private int _position;
    private int _end;
    private long _blockOffset;
    private Task<int>? _ahead;
    private byte[] _aheadBlock = [];
    private bool _ended;
    private bool _checksums;
    private ulong _checksum;
    private bool _digests;
    private ulong _digest;
    private int _digestFrom;

    /// <summary>Bytes handed out so far.</summary>
    public long Offset => _blockOffset + _position;

    /// <summary>More was asked for than there is; the exception that said so may be what the caller expects.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>Runs a parser on a thread of its own.</summary>
    public static Task<T> RunAsync<T>(Func<T> parse, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(parse, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Everything from the very beginning to <see cref="Checksum"/> counts; for a caller that has taken nothing yet.</summary>
    public void StartChecksum() => _checksums = true;

    public ulong Checksum()
    {
        _checksums = false;
        return Crc64.Append(_checksum, _block.AsSpan(0, _position));
    }

    /// <summary>What is taken from here on counts, up to <see cref="Digest"/>.</summary>
    public void StartDigest(ulong seed) => (_digests, _digest, _digestFrom) = (true, seed, _position);

    public ulong Digest()
    {
        _digests = false;
        return Crc64.Append(_digest, _block.AsSpan(_digestFrom, _position - _digestFrom));
    }

    /// <summary>The first bytes of all, without taking them; for a caller that has taken nothing yet. Shorter where there are no more.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        _ = AtEnd();
        return _block.AsSpan(_position, Math.Min(count, _end - _position));
    }

    public bool AtEnd() => _position == _end && !Refill();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        if (_position == _end)
            RefillOrThrow();
        return _block[_position++];
    }

    public ReadOnlySpan<byte> Take(int count, Scratch scratch)
    {
        if (_end - _position < count)
            return TakeAcross(count, scratch);
        var span = _block.AsSpan(_position, count);
        _position += count;
        return span;
    }

    public void Skip(ulong count)
    {
        while (count > (ulong)(_end - _position))
        {
            count -= (ulong)(_end - _position);
            _position = _end;
            RefillOrThrow();
        }

        _position += (int)count;
    }

    /// <summary>The rest of the block, taken; empty only at the end.</summary>
    public ReadOnlySpan<byte> TakeBlock()
    {
        if (AtEnd())
            return default;
        var span = _block.AsSpan(_position, _end - _position);
        _position = _end;
        return span;
    }

    /// <summary>How many bytes were left.</summary>
    public long SkipToEnd()
    {
        var begin = Offset;
        while (!TakeBlock().IsEmpty)
        {
        }

        return Offset - begin;
    }

    public uint ReadUInt32LittleEndian() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, _numbers));

    public ulong ReadUInt64LittleEndian() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, _numbers));

    public uint ReadUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(Take(4, _numbers));

    public ulong ReadUInt64BigEndian() => BinaryPrimitives.ReadUInt64BigEndian(Take(8, _numbers));

    public RelayOpsException Damage(string why, long? offset = null) => new(
        $"the {subject} is damaged", $"at byte {offset ?? Offset}: {why}",
        "use another backup; where this one came straight from a server, take it again", ExitStatus.BadBackup);

    /// <summary>Waits for the block under way, whose outcome nobody asks for any more: the stream goes back to its owner unused.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        if (_ahead is not null)
            Task.WhenAny(_ahead).GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private ReadOnlySpan<byte> TakeAcross(int count, Scratch scratch)
    {
        scratch.Clear();
        while (scratch.Length < count)
        {
            if (_position == _end)
                RefillOrThrow();
            var part = Math.Min(count - scratch.Length, _end - _position);
            scratch.Append(_block.AsSpan(_position, part), count);
            _position += part;
        }

        return scratch.Span;
    }

    private void RefillOrThrow()
    {
        if (Refill())
            return;
        EndedEarly = true;
        throw Damage("it ends early");
    }

    private bool Refill()
    {
        if (_ended)
            return false;
        if (_checksums)
            _checksum = Crc64.Append(_checksum, _block.AsSpan(0, _end));
        if (_digests)
            (_digest, _digestFrom) = (Crc64.Append(_digest, _block.AsSpan(_digestFrom, _end - _digestFrom)), 0);
        cancellationToken.ThrowIfCancellationRequested();
        _ahead ??= ReadAhead(new byte[FirstBlockBytes]);
        var read = _ahead.GetAwaiter().GetResult();
        var full = _aheadBlock;
        (_blockOffset, _position, _end) = (_blockOffset + _end, 0, read);
        (_spare, _block) = (_block, full);
        _ended = read == 0;

        // A block that is not full was the last one.
        _ahead = read < full.Length ? Task.FromResult(0) : ReadAhead(_spare is { Length: BlockBytes } ? _spare : new byte[BlockBytes]);
        return read > 0;
    }

    private Task<int> ReadAhead(byte[] block)
    {
        _aheadBlock = block;
        return stream.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, _stop.Token).AsTask();
    }
}
