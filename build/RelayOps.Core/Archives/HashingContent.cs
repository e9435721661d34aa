using System.Security.Cryptography;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Archives;

/// <summary>
/// Exactly <see cref="Length"/> bytes of a source, hashed as they pass. It claims to be seekable, since the tar writer asks
/// a seekable stream for its length and would collect any other in memory.
/// </summary>
internal sealed class HashingContent(Stream source, long length, bool padWhenShort) : ReadOnlyStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long position;

    /// <summary>NULs that stand for what the source did not have.</summary>
    public long Missing { get; private set; }

    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, length - position);
        if (wanted == 0)
            return 0;
        var part = buffer[..wanted];
        var read = Missing > 0 ? 0 : await source.ReadAsync(part, cancellationToken);
        if (read == 0)
            read = Pad(part.Span);
        hash.AppendData(part.Span[..read]);
        position += read;
        return read;
    }

    private int Pad(Span<byte> part)
    {
        if (!padWhenShort)
            throw new EndOfStreamException($"it has {position} bytes where {length} were announced");
        part.Clear();
        Missing += part.Length;
        return part.Length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            hash.Dispose();
        base.Dispose(disposing);
    }
}
