using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Backups;

/// <summary>A backup that was read back from its store and found good. Only verification makes one.</summary>
public sealed record VerifiedBackup
{
    internal VerifiedBackup(StoredBackup backup, Manifest? manifest, VerificationReport report)
    {
        Backup = backup;
        Manifest = manifest;
        Report = report;
    }

    /// <summary>With its record as it is now.</summary>
    public StoredBackup Backup { get; }

    /// <summary>Null for archives of the older scripts, and where only the ciphertext could be verified.</summary>
    public Manifest? Manifest { get; }

    public VerificationReport Report { get; }

    /// <summary>Tries an ENCRYPTION_KEY on the account secrets that were met: null where there were none, or none could be read.</summary>
    public Func<string, bool?> FitsKey { get; internal init; } = _ => null;
}
