using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>A store whose owner hands out the good archive first, and from some opening on another one.</summary>
internal sealed class SwappingStore(IBackupStore honest, string planted) : IBackupStore
{
    public string Planted => planted;

    /// <summary>How often an archive was opened.</summary>
    public int Opened { get; set; }

    public int PlantsAt { get; set; } = int.MaxValue;

    public string Name => honest.Name;

    public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => honest.ListAsync(cancellationToken);

    public async Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken) =>
        ++Opened < PlantsAt ? await honest.OpenAsync(backup, cancellationToken) : File.OpenRead(planted);

    public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) =>
        honest.SaveRecordAsync(backup, record, cancellationToken);

    public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => honest.DeleteAsync(backup, cancellationToken);
}
