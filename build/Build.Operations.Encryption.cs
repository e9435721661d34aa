using RelayOps.Core;
using RelayOps.Core.Operations;

/// <summary>New recipients for an old backup.</summary>
internal sealed partial class Operations
{
    public Task ReencryptAsync() => DoAsync(async cancellationToken =>
    {
        var backup = await _composition.Catalogue.GetAsync(_composition.BackupName, cancellationToken);
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
            .RunAsync(new ReencryptRequest(backup, cipher, _composition.Signer), cancellationToken), _composition.Recorder);
    });
}
