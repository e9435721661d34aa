using RelayOps.Core;
using RelayOps.Core.Operations;
using RelayOps.Core.Stores;

/// <summary>New recipients for an old backup.</summary>
internal sealed partial class Operations
{
    public Task ReencryptAsync() => DoAsync(async cancellationToken =>
    {
        var copies = await _composition.Catalogue.GetAllAsync(_composition.BackupName, cancellationToken);
        // Only such a store replaces what it has; it need not be the first.
        var backup = copies.FirstOrDefault(copy => copy.Store is IArchiveSpool) ?? copies[0];
        await _composition.PrepareReencryptionAsync(cancellationToken);
        await _composition.PrepareSigningAsync(cancellationToken);
        await _composition.PrepareTrustAsync(cancellationToken);
        var cipher = _composition.Cipher ?? throw new RelayOpsException("nobody was named who may open the backup", "--encrypt-to has no default",
            "pass --encrypt-to with an age recipient, a PGP public key or the word passphrase", ExitStatus.WrongUse);
        if (_composition.DryRun)
        {
            Print([$"here: verify {backup.Backup.Location}", $"here: write it anew with {cipher.Name}, and put that in its place"]);
            return;
        }

        _outcome.Verified(await new ReencryptOperation(_composition.VerifyTools())
            .RunAsync(new ReencryptRequest(backup, cipher, _composition.Signer) { Copies = [.. copies.Where(copy => copy.Store != backup.Store)] }, cancellationToken),
            _composition.Recorder);
    });
}
