using Nuke.Common;

/// <summary>Who signs a backup, and whose signature counts.</summary>
internal interface IHazSignatures : INukeBuild
{
    [Parameter("Signs the backup's catalogue record: an ssh or private PGP key, as a path, its text in the environment variable SIGN_WITH, or a PGP fingerprint of the keyring"), SecretOrPath]
    string? SignWith => TryGetValue(() => SignWith);

    [Parameter("Whatever reads a backup (Verify, Restore, Inspect, Usage, …) demands a signature of one of these: ssh public keys, an allowed_signers file or PGP public keys; a path or the text")]
    string? TrustedSigners => TryGetValue(() => TrustedSigners);
}
