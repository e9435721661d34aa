using Nuke.Common;

/// <summary>Who may open a backup, and what opens one.</summary>
internal interface IHazEncryption : INukeBuild
{
    [Parameter("Who may open the backup: age1…, ssh-ed25519 …, ssh-rsa …, a PGP public key (path, text or fingerprint), or the word passphrase (gpg) or age-passphrase; several with commas. Default: it is not encrypted")]
    string? EncryptTo => TryGetValue(() => EncryptTo);

    [Parameter("What opens an encrypted backup: a private age, ssh or PGP key, as a path, or its text in the environment variable IDENTITY"), SecretOrPath]
    string? Identity => TryGetValue(() => Identity);

    [Parameter("Passphrase of an encrypted backup, or of a private PGP key"), Secret]
    string? Passphrase => TryGetValue(() => Passphrase);
}
