using System.Collections.Immutable;

namespace RelayOps.Core.Encryption;

/// <summary>How many stored secrets of each kind of account a key opens. Never says what they are.</summary>
public sealed record AccountSecretsReport
{
    /// <summary>
    /// Nothing authenticates the secrets, so one counts as opened when its padding is right and all of it is printable UTF-8. A wrong key
    /// passes one secret by accident less than once in ten million times.
    /// </summary>
    public required ImmutableSortedDictionary<string, (long Decrypted, long Failed)> Kinds { get; init; }

    public long Decrypted => Kinds.Values.Sum(kind => kind.Decrypted);

    public long Failed => Kinds.Values.Sum(kind => kind.Failed);

    /// <summary>Null when there is no secret to try; false when not a single one opens: then the key is another.</summary>
    public bool? KeyFits => Decrypted + Failed == 0 ? null : Decrypted > 0;
}
