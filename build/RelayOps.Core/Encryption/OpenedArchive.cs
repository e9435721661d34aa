using RelayOps.Core.Backups;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Encryption;

/// <summary>A stored archive while it is decrypted; disposes of both.</summary>
public sealed class OpenedArchive(IArchiveCipher cipher, Stream stored) : ReadOnlyStream
{
    private readonly Stream _plain = cipher.Open(stored);

    public static RelayOpsException Locked(BackupId id, string encryption) => new(
        $"cannot read backup {id}", $"it is encrypted with {encryption}, and nothing here can decrypt it",
        "give --identity, or PASSPHRASE in the environment", ExitStatus.BadBackup)
    { LacksKey = true };

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _plain.ReadAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        // First whoever reads the other.
        await _plain.DisposeAsync();
        await stored.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
            stored.Dispose();
        }

        base.Dispose(disposing);
    }
}
