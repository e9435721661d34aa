namespace RelayOps.Core.Encryption;

/// <summary>What opens an encrypted archive.</summary>
public sealed record DecryptionMeans
{
    /// <summary>An age identity, a private ssh key or a private PGP key: the path of its file, or its text.</summary>
    public string? Identity { get; init; }

    /// <summary>Of the archive, of the private PGP key, or of the key that signs.</summary>
    public string? Passphrase { get; init; }

    /// <summary>Whether there is anything to open an archive with; for which of them it is meant tells the archive.</summary>
    public bool AreGiven => Identity is not null || Passphrase is not null;

    /// <summary>Says nothing.</summary>
    public override string ToString() => nameof(DecryptionMeans);
}
