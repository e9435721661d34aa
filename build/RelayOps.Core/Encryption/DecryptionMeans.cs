namespace RelayOps.Core.Encryption;

/// <summary>What opens an encrypted archive.</summary>
public sealed record DecryptionMeans
{
    /// <summary>An age identity, a private ssh key or a private PGP key: the path of its file, or its text.</summary>
    public string? Identity { get; init; }

    /// <summary>Of the archive, or of the private PGP key.</summary>
    public string? Passphrase { get; init; }

    /// <summary>Whether there is anything to open an archive with.</summary>
    /// <param name="encryption"><c>age</c> or <c>gpg</c>.</param>
    public bool Suffice(string encryption) => Identity is not null || (encryption == "gpg" && Passphrase is not null);

    /// <summary>Says nothing.</summary>
    public override string ToString() => nameof(DecryptionMeans);
}
