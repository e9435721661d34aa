using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>What a verification that succeeded found.</summary>
public sealed record VerificationReport
{
    /// <summary>What was reached: <see cref="VerificationLevel.Sealed"/> where nothing could be decrypted.</summary>
    public required VerificationLevel Level { get; init; }

    /// <summary>Of the archive as stored, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    public long Files { get; init; }

    /// <summary>Bytes of all files, unpacked.</summary>
    public long ContentBytes { get; init; }

    /// <summary>Of the dataset as it was read, or as the manifest promises it at level quick; null where nothing tells.</summary>
    public DatasetCounts? Counts { get; init; }

    /// <summary>The bytes at the end of a live copy's append-only file that are no whole command, by file. <c>Restore</c> asks before it uses such a backup.</summary>
    public ImmutableSortedDictionary<string, long> TornBytes { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Account secrets that the backup's own key opens, by kind; never a value. Null below level deep.</summary>
    public ImmutableSortedDictionary<string, long>? DecryptedSecrets { get; init; }

    /// <summary>The Redis that loaded the dataset at level drill, e.g. <c>redis-server 7.0.15</c>.</summary>
    public string? DrilledBy { get; init; }

    /// <summary>Who of the trusted signers signed it; null where no signature was demanded.</summary>
    public string? SignedBy { get; init; }

    /// <summary>Of a drill that went well.</summary>
    public DrillCertificate? Drill { get; init; }

    /// <summary>Where its certificate lies; null where nobody keeps it.</summary>
    public string? Certificate { get; init; }

    public required double Seconds { get; init; }
}
