using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Restore;

/// <summary>
/// A verified archive that is read once more, decrypted where it has to be. A store may hand out other bytes than those that were verified a
/// moment ago, which have to be the very same: neither the signature nor anything else that was proven says a word about others.
/// </summary>
public sealed class ReopenedArchive : ReadOnlyStream
{
    private readonly VerifiedBackup verified;
    private readonly Stream stored;
    private readonly SealedSource source;
    private readonly Stream content;
    private bool isClosed;

    /// <param name="stored">As the store hands it out; disposed of with this.</param>
    /// <param name="cipher">Null where it is not encrypted.</param>
    public ReopenedArchive(VerifiedBackup verified, Stream stored, IArchiveCipher? cipher)
    {
        this.verified = verified;
        this.stored = stored;
        source = new SealedSource(stored, SilentReporter.Instance.Begin("read"));
        // Either leaves the source open.
        content = cipher is null ? new ReadAhead(source) : cipher.Open(source);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ReadAsync(() => content.ReadAsync(buffer, cancellationToken));

    /// <summary>Nothing of what was read may change anything before this. Nobody may read any more.</summary>
    /// <exception cref="RelayOpsException">It was not what was verified (<see cref="ExitStatus.BadBackup"/>).</exception>
    public async Task RequireVerifiedAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        if (await ReadAsync(async () => await source.FinishAsync(cancellationToken)) != verified.Report.Sha256)
            throw new RelayOpsException($"{verified.Backup.Location} is not what was verified a moment ago",
                $"store {verified.Backup.Store} handed out other bytes when it was read again",
                "find out who can write to that store, and use another copy or another backup", ExitStatus.BadBackup);
    }

    public override async ValueTask DisposeAsync()
    {
        // First whoever reads the other.
        await CloseAsync();
        await source.DisposeAsync();
        await stored.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Whoever hands it on to somebody who may hang up takes an <see cref="IOException"/> for that one's, and would go on with what has come.</summary>
    private async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read();
        }
        catch (IOException broken)
        {
            throw new RelayOpsException($"{verified.Backup.Location} cannot be read to its end", broken.Message, "try again, or use another copy or another backup", ExitStatus.BadBackup, broken);
        }
    }

    private async ValueTask CloseAsync()
    {
        if (isClosed)
            return;
        isClosed = true;
        await content.DisposeAsync();
    }
}
