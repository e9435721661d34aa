using RelayOps.Core.Backups;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Signatures;
using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations;

/// <param name="Backup">Plain, or encrypted for an identity that is at hand.</param>
/// <param name="Cipher">Seals for the new recipients.</param>
/// <param name="Signer">Null where the backup is not signed.</param>
public sealed record ReencryptRequest(CataloguedBackup Backup, IArchiveCipher Cipher, IRecordSigner? Signer = null);

/// <summary>Gives a stored backup new recipients, as when a key has to be replaced. The plaintext is never on a disk.</summary>
public sealed class ReencryptOperation(VerifyTools tools)
{
    /// <returns>The backup under its new name, which was read back; what was there before is gone.</returns>
    /// <exception cref="RelayOpsException">It cannot be decrypted or is damaged, and stays as it is (<see cref="ExitStatus.BadBackup"/>).</exception>
    public async Task<VerifiedBackup> RunAsync(ReencryptRequest request, CancellationToken cancellationToken)
    {
        var (store, backup) = request.Backup;
        if (store is not IArchiveSpool spool)
            throw new RelayOpsException($"cannot encrypt backup {backup.Id} anew", $"it is in store {store.Name}, which keeps what it has",
                "encrypt the copy in the local store, and publish it", ExitStatus.WrongUse);
        if (backup.Record is not { } record)
            throw new RelayOpsException($"cannot encrypt backup {backup.Id} anew", "it has no catalogue record",
                "encrypt the file by hand with age or gpg", ExitStatus.BadBackup);
        if (record.Signature is not null && request.Signer is null)
            throw new RelayOpsException($"cannot encrypt backup {backup.Id} anew", "it is signed, and its signature is of the bytes that go",
                "pass --sign-with, so that the new ones are signed too", ExitStatus.WrongUse);

        // Only what is good is worth a new lock, and only now can damage be told from a mistake of ours.
        var verified = await new VerifyOperation(store, tools).RunAsync(new VerifyRequest(backup, VerificationLevel.Deep), cancellationToken);
        if (verified.Report.Level == VerificationLevel.Sealed)
            throw OpenedArchive.Locked(backup.Id, backup.Encryption!);

        var replaced = await ReplaceAsync(request, verified, spool, verified.Backup.Record ?? record, cancellationToken);
        // The identity at hand is the old one: of the new ciphertext it is proven that the store holds what was written.
        return await new VerifyOperation(store, tools with { FindCipher = _ => null, TrustedSigners = null })
            .RunAsync(new VerifyRequest(replaced, VerificationLevel.Deep), cancellationToken);
    }

    private async Task<StoredBackup> ReplaceAsync(
        ReencryptRequest request, VerifiedBackup verified, IArchiveSpool spool, CatalogueRecord record, CancellationToken cancellationToken)
    {
        var name = PlainName(verified.Backup) + request.Cipher.Extension;
        await using var pending = await spool.BeginReplacementAsync(verified.Backup, name, cancellationToken);
        var (sha256, size) = await CopyAsync(request, verified, pending.Content, cancellationToken);
        var renewed = record with
        {
            Archive = name,
            Encryption = request.Cipher.Name,
            Sha256 = sha256,
            SizeBytes = size,
            Verified = VerificationLevel.None,
            VerifiedAt = null,
            Drill = null,
        };
        return await pending.CommitAsync(await renewed.SignAsync(request.Signer, cancellationToken), cancellationToken);
    }

    private async Task<(string Sha256, long Size)> CopyAsync(
        ReencryptRequest request, VerifiedBackup verified, Stream destination, CancellationToken cancellationToken)
    {
        var (store, backup) = request.Backup;
        using var phase = tools.Reporter.Begin($"encrypt {backup.Id} anew", backup.SizeBytes);
        await using var stored = await store.OpenAsync(backup, cancellationToken);
        await using var source = new SealedSource(stored, phase);
        await using var written = new HashingOutputStream(destination);
        var cipher = backup.Encryption is { } encryption ? tools.FindCipher(encryption) : null;
        await using (var plain = cipher is null ? source : cipher.Open(source))
        await using (var seal = request.Cipher.Seal(written))
            await plain.CopyToAsync(seal, cancellationToken);
        if (await source.FinishAsync(cancellationToken) != verified.Report.Sha256)
            throw Findings.Bad($"{backup.Location} changed while it was read", "its sha256 is another than a moment ago", "run the same command again");
        return (written.Sha256(), written.Total);
    }

    private static string PlainName(StoredBackup backup) =>
        backup.Encryption is null ? backup.Archive : Path.GetFileNameWithoutExtension(backup.Archive);
}
