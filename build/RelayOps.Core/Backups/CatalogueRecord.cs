using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace RelayOps.Core.Backups;

/// <summary>How far a backup has been proven good; each level includes those before it.</summary>
public enum VerificationLevel
{
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The ciphertext is what was stored; what is inside cannot be read without an identity.</summary>
    [JsonStringEnumMemberName("sealed")]
    Sealed,

    [JsonStringEnumMemberName("quick")]
    Quick,

    [JsonStringEnumMemberName("deep")]
    Deep,

    [JsonStringEnumMemberName("drill")]
    Drill,
}

/// <summary><c>claude-relay-backup-&lt;id&gt;.json</c>, beside the archive: all that a list needs without opening it. No secrets.</summary>
public sealed record CatalogueRecord
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string BackupId { get; init; }

    /// <summary>The archive's file name.</summary>
    public required string Archive { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Of the archive as stored; lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required SourceServer Server { get; init; }

    public required string Tool { get; init; }

    /// <summary><c>gzip</c> or <c>zstd</c>.</summary>
    public required string Compression { get; init; }

    /// <summary><c>age</c>, <c>gpg</c>, or null for plaintext.</summary>
    public string? Encryption { get; init; }

    /// <summary>When it got the recipients that it has now; null, and left out, for those that it was made with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ReencryptedAt { get; init; }

    /// <summary>Bytes of all files before compression.</summary>
    public required long ContentBytes { get; init; }

    /// <summary>The same without logs, which come and go: what a collapse is judged by.</summary>
    public long? StateBytes { get; init; }

    /// <summary>As for <c>--only</c>, e.g. <c>config+data</c>; null for everything.</summary>
    public string? Only { get; init; }

    /// <summary>Redis keys in all databases; null without Redis data.</summary>
    public long? Keys { get; init; }

    public string? RedisVersion { get; init; }

    public string? EncryptionKeyFingerprint { get; init; }

    /// <summary>Lower-case hex of manifest.json as it is in the archive.</summary>
    public required string ManifestSha256 { get; init; }

    public VerificationLevel Verified { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public bool Pinned { get; init; }

    /// <summary>Null, and left out, where the archive was never drilled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DrillFacts? Drill { get; init; }

    /// <summary>Armoured, of the record's <see cref="Signatures.BackupStatement"/>; null, and left out, where nobody signed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Signature { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];
}
