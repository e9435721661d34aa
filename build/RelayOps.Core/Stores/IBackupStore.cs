using RelayOps.Core.Backups;

namespace RelayOps.Core.Stores;

/// <summary>A place that keeps backups.</summary>
public interface IBackupStore
{
    /// <summary>As in <c>--store</c>: <c>local</c>, <c>release</c>, …</summary>
    string Name { get; }

    /// <summary>Every backup there, newest first; archives of the older scripts have no record.</summary>
    Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Opens the stored archive for reading; seekable where the store can.</summary>
    Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken);

    /// <summary>Replaces the catalogue record, atomically.</summary>
    Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken);

    /// <summary>Removes the archive, its record and its checksum; the archive last.</summary>
    Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken);
}

/// <summary>A store on this machine, into which a backup is written as it is made.</summary>
public interface IArchiveSpool
{
    /// <summary>Begins an archive that nobody sees until it is committed.</summary>
    /// <param name="fileName">E.g. <c>claude-relay-backup-20250805_142530.tar.gz</c>.</param>
    Task<IPendingArchive> BeginAsync(string fileName, CancellationToken cancellationToken);

    /// <summary>The same for an archive that takes the place of another one of the same id, which stays until the commit.</summary>
    Task<IPendingArchive> BeginReplacementAsync(StoredBackup replaced, string fileName, CancellationToken cancellationToken);
}

/// <summary>An archive being written. Disposing it without a commit leaves nothing behind.</summary>
public interface IPendingArchive : IAsyncDisposable
{
    Stream Content { get; }

    /// <summary>Syncs, renames into place, writes checksum and record. Never overwrites a backup that is there.</summary>
    Task<StoredBackup> CommitAsync(CatalogueRecord record, CancellationToken cancellationToken);
}

/// <summary>A backup as a store has it.</summary>
public sealed record StoredBackup
{
    public required BackupId Id { get; init; }

    public required string Store { get; init; }

    /// <summary>Archive's file name.</summary>
    public required string Archive { get; init; }

    /// <summary>The full path or address, for people.</summary>
    public required string Location { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Null for archives of the older scripts, and where the record was lost.</summary>
    public CatalogueRecord? Record { get; init; }

    /// <summary>From the <c>.sha256</c> file; null when there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>When the store itself removes it, whatever retention says; null where it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Of the whole deployment, verified, and still the archive that was verified.</summary>
    public bool IsReliable => Record is { Verified: >= VerificationLevel.Sealed, Only: null } record && record.SizeBytes == SizeBytes;

    public string? Encryption => Archive.EndsWith(".age", StringComparison.Ordinal) ? "age"
        : Archive.EndsWith(".gpg", StringComparison.Ordinal) ? "gpg" : null;
}
