using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores;

/// <summary>One archive somewhere on this machine, under a name of the operator's own. It is read; nothing is written beside it.</summary>
internal sealed class SingleArchiveStore(StoredBackup archive) : IBackupStore
{
    public const string StoreName = "file";

    public string Name => StoreName;

    public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredBackup>>([archive]);

    public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream>(new FileStream(archive.Location, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024,
                FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            throw StoreErrors.Reading(archive.Location, e);
        }
    }

    /// <summary>Keeps no records: there is no name for one that could not be another file's.</summary>
    public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => throw new RelayOpsException(
        $"'{archive.Location}' is not deleted", "it is in no store", "remove the file yourself", ExitStatus.WrongUse);
}
