using RelayOps.Core.Backups;

namespace RelayOps.Core.Signatures;

/// <summary>Signs as whoever holds the private key.</summary>
public interface IRecordSigner
{
    /// <returns>The signature, armoured, with lines ended by a line feed.</returns>
    /// <exception cref="RelayOpsException">The key cannot be used (<see cref="ExitStatus.WrongUse"/>).</exception>
    Task<string> SignAsync(ReadOnlyMemory<byte> statement, CancellationToken cancellationToken);
}

/// <summary>Those whose signatures count.</summary>
public interface ITrustedSigners
{
    /// <returns>Whose signature it is, for people.</returns>
    /// <exception cref="RelayOpsException">It is of nobody trusted, or of something else (<see cref="ExitStatus.BadBackup"/>); the tool is missing (<see cref="ExitStatus.WrongUse"/>).</exception>
    Task<string> RequireAsync(ReadOnlyMemory<byte> statement, string signature, CancellationToken cancellationToken);
}

public static class SignedRecord
{
    /// <summary>The record with a signature of it, or without one where nobody signs.</summary>
    public static async Task<CatalogueRecord> SignAsync(this CatalogueRecord record, IRecordSigner? signer, CancellationToken cancellationToken) =>
        record with { Signature = signer is null ? null : await signer.SignAsync(BackupStatement.Of(record), cancellationToken) };
}
