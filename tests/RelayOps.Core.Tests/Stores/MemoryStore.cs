using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Tests.Stores;

/// <summary>A store in memory, which remembers what was done to it.</summary>
internal sealed class MemoryStore(string name) : IBackupStore
{
    private readonly List<StoredBackup> backups = [];

    public string Name => name;

    public List<string> Deleted { get; } = [];

    /// <summary>Thrown instead of deleting this id.</summary>
    public (string Id, Exception Error)? FailsOn { get; set; }

    /// <summary>Thrown instead of telling what is there.</summary>
    public RelayOpsException? Silence { get; set; }

    /// <summary>Of every archive there; null where none is ever read.</summary>
    public byte[]? Content { get; set; }

    /// <summary>Thrown instead of opening an archive.</summary>
    public RelayOpsException? FailsToOpen { get; set; }

    /// <summary>How often an archive was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>How often it was asked what is there.</summary>
    public int Asked { get; private set; }

    public StoredBackup Add(string id, string? server = "0123456789abcdef", VerificationLevel verified = VerificationLevel.Deep, bool pinned = false,
        string extension = ".tar.gz", bool hasRecord = true, string? only = null,
        DrillFacts? drill = null)
    {
        var archive = $"{ArchiveName.Prefix}{id}{extension}";
        var backup = new StoredBackup
        {
            Id = BackupId.Get(id),
            Store = name,
            Archive = archive,
            Location = $"/{name}/{archive}",
            SizeBytes = 1_200_000,
            Record = hasRecord ? RecordOf(id, archive, server!, verified, pinned) with { Only = only, Drill = drill } : null,
            Sha256 = hasRecord ? new string('b', 64) : null,
        };
        backups.Add(backup);
        return backup;
    }

    public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked++;
        if (Silence is not null)
            throw Silence;
        return Task.FromResult<IReadOnlyList<StoredBackup>>([.. backups.OrderByDescending(backup => backup.Id)]);
    }

    public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        Opened++;
        if (FailsToOpen is not null)
            throw FailsToOpen;
        return Content is null ? throw new NotSupportedException() : Task.FromResult<Stream>(new MemoryStream(Content, writable: false));
    }

    public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken)
    {
        backups[backups.FindIndex(other => other.Archive == backup.Archive)] = backup with { Record = record };
        return Task.CompletedTask;
    }

    public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        if (FailsOn is { } failure && failure.Id == backup.Id.ToString())
            throw failure.Error;
        backups.RemoveAll(other => other.Archive == backup.Archive);
        Deleted.Add(backup.Id.ToString());
        return Task.CompletedTask;
    }

    private static CatalogueRecord RecordOf(string id, string archive, string server, VerificationLevel verified, bool pinned) => new()
    {
        Format = CatalogueRecord.CurrentFormat,
        BackupId = id,
        Archive = archive,
        SizeBytes = 1_200_000,
        Sha256 = new string('b', 64),
        CreatedAt = BackupId.Get(id).Time,
        Server = new SourceServer(server, $"{server}.example.org", "/home/ubuntu/claude-relay-deployment"),
        Tool = "RelayOps 0.1.0",
        Compression = "gzip",
        ContentBytes = 30_000_000,
        Keys = 1300,
        ManifestSha256 = new string('a', 64),
        Verified = verified,
        Pinned = pinned,
    };
}
