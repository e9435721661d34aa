using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Operations;

/// <summary>A store with one archive.</summary>
internal sealed class MemoryStore(byte[] archive, Func<Stream, Stream> spoil) : IBackupStore
{
    /// <summary>Thrown instead of keeping a record.</summary>
    public Core.RelayOpsException? ReadOnly { get; init; }

    /// <summary>What it hands out from now on.</summary>
    public byte[] Archive { get; set; } = archive;

    public string Name => "memory";

    public CatalogueRecord? Saved { get; private set; }

    public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken) =>
        Task.FromResult(spoil(new MemoryStream(Archive, writable: false)));

    public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken)
    {
        if (ReadOnly is not null)
            throw ReadOnly;
        Saved = record;
        return Task.CompletedTask;
    }

    public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => throw new NotSupportedException();
}
