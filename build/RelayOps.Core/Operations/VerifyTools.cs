using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Reporting;
using RelayOps.Core.Signatures;
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

    /// <summary>Who drills, for the certificate.</summary>
    public DrillWitness? Witness { get; init; }

    /// <summary>Keeps the certificates of backups whose store keeps none.</summary>
    public ICertificateKeeper? Certificates { get; init; }

    /// <summary>What opens archives of a kind (<c>age</c>, <c>gpg</c>); null where there is no identity for it.</summary>
    public Func<string, IArchiveCipher?> FindCipher { get; init; } = _ => null;

    /// <summary>One of these must have signed the backup; null where no signature is demanded.</summary>
    public ITrustedSigners? TrustedSigners { get; init; }

    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;
}
