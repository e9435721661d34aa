using System.Collections.Immutable;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Backups;

/// <summary><c>manifest.json</c>, the last entry of an archive: what must be inside, byte for byte and key for key.</summary>
public sealed record Manifest
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string BackupId { get; init; }

    public required string Tool { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required SourceServer Server { get; init; }

    /// <summary>The parts that were asked for, as for <c>--only</c>, e.g. <c>config+data</c>; null for everything.</summary>
    public string? Only { get; init; }

    public required ImmutableArray<ManifestEntry> Entries { get; init; }

    /// <summary>Null where Redis was not asked for.</summary>
    public DatasetManifest? Redis { get; init; }

    public ImmutableArray<ContainerImage> Images { get; init; } = [];

    /// <summary>See <see cref="KeyFingerprint"/>; null when <c>.env</c> names no ENCRYPTION_KEY.</summary>
    public string? EncryptionKeyFingerprint { get; init; }

    /// <summary>What was left out and why: sockets, files that vanished, links leading out.</summary>
    public ImmutableArray<SkippedFile> Skipped { get; init; } = [];
}

/// <param name="Id">A stable id of the server: sha256 of its machine id and the deployment's path, 16 hex digits.</param>
/// <param name="Name">As the operator named it.</param>
public sealed record SourceServer(string Id, string Name, string DeploymentPath);

public enum EntryKind
{
    File,
    Directory,
    SymbolicLink,
    HardLink,
}

/// <summary>One entry of the archive other than the manifest itself.</summary>
public sealed record ManifestEntry
{
    /// <summary>Below the archive's top folder, with '/', e.g. <c>redis_data/dump.rdb</c>.</summary>
    public required string Path { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>In bytes; 0 for all but files.</summary>
    public long Size { get; init; }

    /// <summary>Lower-case hex; of files only.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where a link leads; for hard links a path like <see cref="Path"/>.</summary>
    public string? Target { get; init; }

    /// <summary>Permission bits, four octal digits, e.g. <c>0600</c>.</summary>
    public required string Mode { get; init; }

    public required int UserId { get; init; }

    public required int GroupId { get; init; }

    public string? UserName { get; init; }

    public string? GroupName { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>The Redis dataset in an archive and what it must answer when it is loaded.</summary>
public sealed record DatasetManifest
{
    /// <summary>Of the server, e.g. <c>7.0.15</c>.</summary>
    public required string RedisVersion { get; init; }

    /// <summary>Of the file, e.g. 10.</summary>
    public required int RdbVersion { get; init; }

    /// <summary><c>bgsave</c> or <c>replication</c>.</summary>
    public required string TakenBy { get; init; }

    public required DatasetCounts Counts { get; init; }
}

public sealed record ContainerImage(string Service, string Image, string ImageId, ImmutableArray<string> RepoDigests);

public sealed record SkippedFile(string Path, string Reason);
