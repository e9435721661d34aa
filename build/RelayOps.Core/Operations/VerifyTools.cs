using RelayOps.Core.Archives;
using RelayOps.Core.Deployments;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations;

/// <summary>What verification works with.</summary>
public sealed record VerifyTools
{
    public required CodecSet Codecs { get; init; }

    public required IComposeParser Compose { get; init; }

    public required IScrypt Scrypt { get; init; }

    public required IReporter Reporter { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Needed for level drill alone.</summary>
    public IDrill? Drill { get; init; }

    /// <summary>Decrypts a stored archive; null where there is no identity. Wrong or damaged ciphertext: <see cref="InvalidDataException"/>.</summary>
    public Func<StoredBackup, Stream, Stream>? Unseal { get; init; }

    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;
}
