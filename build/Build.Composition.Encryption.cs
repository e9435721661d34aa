using RelayOps.Adapters.Encryption;
using RelayOps.Core.Encryption;

/// <summary>What opens backups, and what seals them.</summary>
internal sealed partial class Composition
{
    private DecryptionMeans DecryptionMeans =>
        new() { Identity = CallerPath.ResolveUnlessText(_secrets.Identity), Passphrase = _secrets.Passphrase };

    /// <summary>What opens archives of a kind; null where there is no identity for it.</summary>
    public IArchiveCipher? FindCipher(string encryption) => ArchiveCiphers.FindForOpening(encryption, DecryptionMeans);

    /// <summary>What seals for --encrypt-to, once it was prepared; null for plain archives.</summary>
    public IArchiveCipher? Cipher { get; private set; }

    /// <summary>Finds out whether a backup can be encrypted as asked for, before it is begun.</summary>
    public Task PrepareEncryptionAsync(CancellationToken cancellationToken) => PrepareEncryptionAsync(DecryptionMeans, cancellationToken);

    /// <summary>The same for a backup that another passphrase may open from then on.</summary>
    public Task PrepareReencryptionAsync(CancellationToken cancellationToken) =>
        PrepareEncryptionAsync(DecryptionMeans with { Passphrase = _secrets.NewPassphrase ?? _secrets.Passphrase }, cancellationToken);

    private async Task PrepareEncryptionAsync(DecryptionMeans means, CancellationToken cancellationToken)
    {
        if (Encryption.EncryptTo is { } recipients)
            Cipher = await ArchiveCiphers.ForSealingAsync(EncryptionRecipients.Parse(recipients), means, CallerPath.Directory, cancellationToken);
    }
}
