using RelayOps.Core.Backups;
using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>A store whose owner hands out the good archive first, and from some opening on another one.</summary>
internal sealed class SwappingStore(IBackupStore honest, string planted) : IBackupStore
{
    public string Planted => planted;

    /// <summary>How often an archive was opened.</summary>
    public int Opened { get; set; }

    public int PlantsAt { get; set; } = int.MaxValue;

    /// <summary>From that opening on the archive has no end: an error is in its place.</summary>
    public int BreaksAt { get; set; } = int.MaxValue;

    public string Name => honest.Name;

    public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => honest.ListAsync(cancellationToken);

    public async Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var archive = ++Opened < PlantsAt ? await honest.OpenAsync(backup, cancellationToken) : File.OpenRead(planted);
        return Opened < BreaksAt ? archive : new Endless(archive);
    }

    public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) =>
        honest.SaveRecordAsync(backup, record, cancellationToken);

    public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => honest.DeleteAsync(backup, cancellationToken);

    private sealed class Endless(Stream inner) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await inner.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("it is cut");

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
