namespace RelayOps.Core.Encryption;

public enum PgpKeyForm
{
    Path,
    Text,

    /// <summary>40 hexadecimal digits, of a key in the operator's own keyring.</summary>
    Fingerprint,
}

/// <summary>Where a PGP public key is to be had.</summary>
public sealed record PgpKey(PgpKeyForm Form, string Value);
