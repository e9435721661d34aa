using System.Collections.Immutable;
using System.Text.Json.Serialization;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Operations.Inspection;

/// <summary>What is inside one backup: names, sizes, counts and versions, never a content or a value.</summary>
public sealed record BackupInside
{
    public required string BackupId { get; init; }

    public required string Archive { get; init; }

    public required string Store { get; init; }

    /// <summary>Of the archive as stored.</summary>
    public required long SizeBytes { get; init; }

    /// <summary><c>age</c>, <c>gpg</c>, or null for plaintext.</summary>
    public string? Encrypted { get; init; }

    /// <summary><c>none</c>, <c>sealed</c>, <c>quick</c>, <c>deep</c>, <c>drill</c>: how far it was proven good before, not now.</summary>
    public required string Verified { get; init; }

    public bool Pinned { get; init; }

    /// <summary>Null for archives of the older scripts, as everything that only a manifest tells.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public string? Tool { get; init; }

    public SourceServer? Server { get; init; }

    /// <summary>As for <c>--only</c>; null for everything.</summary>
    public string? Only { get; init; }

    /// <summary>In the archive's order; directories are left out.</summary>
    public required ImmutableArray<InsideFile> Files { get; init; }

    /// <summary>Null without Redis data.</summary>
    public InsideDataset? Redis { get; init; }

    /// <summary>Accounts in the dataset by kind; their secrets are encrypted with ENCRYPTION_KEY.</summary>
    public ImmutableSortedDictionary<string, long> Accounts { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    public ImmutableArray<ContainerImage> Images { get; init; } = [];

    /// <summary>Whether the manifest holds a keyed fingerprint of ENCRYPTION_KEY.</summary>
    public bool HasKeyFingerprint { get; init; }

    /// <summary>Names of <c>.env</c>, in ordinal order; never a value.</summary>
    public ImmutableArray<string> EnvironmentNames { get; init; } = [];

    public ImmutableArray<SkippedFile> Skipped { get; init; } = [];

    /// <summary>What a person should know of the dataset's file.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    [JsonIgnore]
    public long ContentBytes => Files.Sum(file => file.Size);
}

/// <param name="Kind"><c>file</c>, <c>symbolicLink</c>, <c>hardLink</c>.</param>
/// <param name="Size">In bytes; 0 for links.</param>
/// <param name="Sha256">Of files only.</param>
public sealed record InsideFile(string Path, string Kind, long Size, string Mode, int UserId, int GroupId, DateTimeOffset ModifiedAt, string? Sha256);

/// <summary>The dataset as its dump tells it.</summary>
/// <param name="RedisVersion">Of the Redis that wrote it.</param>
/// <param name="RdbVersion">Of the file's format.</param>
/// <param name="TakenBy"><c>bgsave</c> or <c>replication</c>; null for archives of the older scripts.</param>
/// <param name="Keys">In all databases.</param>
/// <param name="Expiring">Keys with a time to live.</param>
/// <param name="Databases">Keys by database.</param>
/// <param name="Prefixes">Over all databases, the largest first.</param>
public sealed record InsideDataset(
    string? RedisVersion, int RdbVersion, string? TakenBy, long Keys, long Expiring, ImmutableSortedDictionary<int, long> Databases,
    ImmutableArray<InsidePrefix> Prefixes);

/// <param name="Bytes">That they take in the dump.</param>
/// <param name="Expiring">Keys with a time to live.</param>
/// <param name="ShortestTtlSeconds">What was left of it when the backup was made; below zero for a key that had expired and was not yet removed.</param>
/// <param name="LongestTtlSeconds">The same of the key that stays longest.</param>
public sealed record InsidePrefix(string Prefix, long Keys, long Bytes, long Expiring, long? ShortestTtlSeconds, long? LongestTtlSeconds);
