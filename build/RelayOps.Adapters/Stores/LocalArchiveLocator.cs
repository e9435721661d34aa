using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores;

/// <summary>Finds an archive by its path. Its directory is then the store; under a name that is none of a backup's it is one by itself.</summary>
/// <param name="workingDirectory">Where the operator stood, for relative paths.</param>
public sealed class LocalArchiveLocator(string workingDirectory, IReporter reporter) : IArchiveLocator
{
    public async Task<CataloguedBackup?> FindAsync(string path, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path, workingDirectory);
        if (!File.Exists(full))
            return null;
        if (ArchiveName.Find(Path.GetFileName(full)) is null)
            return Alone(new FileInfo(full));
        var store = new LocalDirectoryStore(Path.GetDirectoryName(full)!, reporter);
        var found = (await store.ListAsync(cancellationToken)).FirstOrDefault(backup => backup.Location == full);
        return found is null ? null : new CataloguedBackup(store, found);
    }

    private static CataloguedBackup Alone(FileInfo file)
    {
        var backup = new StoredBackup
        {
            // The name tells no time, so the file's own has to do.
            Id = BackupId.At(file.LastWriteTimeUtc),
            Store = SingleArchiveStore.StoreName,
            Archive = file.Name,
            Location = file.FullName,
            SizeBytes = file.Length,
        };
        return new CataloguedBackup(new SingleArchiveStore(backup), backup);
    }
}
