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
public sealed record ReencryptRequest(CataloguedBackup Backup, IArchiveCipher Cipher, IRecordSigner? Signer = null)
{
    /// <summary>Of the same backup, in other stores; they stay as they are.</summary>
    public IReadOnlyList<CataloguedBackup> Copies { get; init; } = [];
}

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

        if (request.Signer is not null && verified.Report.SignedBy is null)
            tools.Reporter.Warn($"{backup.Id} is signed now, and nobody has checked whose it was: " + (record.Signature is null
                ? "it had no signature, and whoever can write to the store could have planted it"
                : "--trusted-signers would have told whether somebody trusted had signed it"));
        var replaced = await ReplaceAsync(request, verified, spool, verified.Backup.Record ?? record, cancellationToken);
        WarnOfCopies(request);
        // The identity at hand is the old one: of the new ciphertext it is proven that the store holds what was written.
        return await new VerifyOperation(store, tools with { FindCipher = _ => null, TrustedSigners = null })
            .RunAsync(new VerifyRequest(replaced, VerificationLevel.Deep), cancellationToken);
    }

    /// <summary>Whoever replaces a key because somebody else has it must know where it still opens something.</summary>
    private void WarnOfCopies(ReencryptRequest request)
    {
        var id = request.Backup.Id;
        foreach (var copy in request.Copies)
            tools.Reporter.Warn($"store {copy.Store.Name} still has {copy.Backup.Archive} as it was before: " + copy.Store switch
            {
                IBackupDestination { ReplacesFormer: true } => $"replace it with Copy --backup-id {id} --store {copy.Store.Name}",
                IBackupDestination => $"delete it there, and then Copy --backup-id {id} --store {copy.Store.Name}",
                _ => "remove it there, or wait until it expires",
            });
        tools.Reporter.Note($"copies of {id} in stores that --store does not name are what they were");
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
            ReencryptedAt = tools.Time.GetUtcNow(),
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
        // Either leaves the source open, which is read to its end below.
        await using (var opened = cipher?.Open(source))
        await using (var seal = request.Cipher.Seal(written))
            await (opened ?? source).CopyToAsync(seal, cancellationToken);
        if (await source.FinishAsync(cancellationToken) != verified.Report.Sha256)
            throw Findings.Bad($"{backup.Location} changed while it was read", "its sha256 is another than a moment ago", "run the same command again");
        return (written.Sha256(), written.Total);
    }

    private static string PlainName(StoredBackup backup) =>
        backup.Encryption is null ? backup.Archive : Path.GetFileNameWithoutExtension(backup.Archive);
}
