namespace RelayOps.Core.Backups;

/// <summary>An archive that was written to its end. Nothing about it is proven before it was read back.</summary>
public sealed record SealedArchive
{
    public required BackupId Id { get; init; }

    public required Manifest Manifest { get; init; }

    /// <summary>Of manifest.json as it is in the archive, lower-case hex.</summary>
    public required string ManifestSha256 { get; init; }

    /// <summary>Of the archive as written: compressed and, where asked for, encrypted.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Of the archive as written, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Of all files before compression.</summary>
    public required long ContentBytes { get; init; }

    /// <summary><c>gzip</c> or <c>zstd</c>.</summary>
    public required string Compression { get; init; }
}
