using System.Security.Cryptography;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Verification;

/// <summary>A stored archive while it is read: hashed and counted as it passes, whoever reads it.</summary>
internal sealed class SealedSource(Stream stored, IPhase phase) : ReadOnlyStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Total { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await stored.ReadAsync(buffer, cancellationToken);
        hash.AppendData(buffer.Span[..read]);
        Total += read;
        phase.Advance(read);
        return read;
    }

    /// <summary>Reads what is left. Nobody else may read any more.</summary>
    /// <returns>The hash of all of it, lower-case hex.</returns>
    public async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[1 << 16];
        while (await ReadAsync(rest, cancellationToken) > 0)
        {
            // The hash is all that is wanted.
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            hash.Dispose();
        base.Dispose(disposing);
    }
}
