using RelayOps.Core.Backups;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores;

/// <summary>An archive under its hidden name, until everything in it is on the disk.</summary>
internal sealed class LocalPendingArchive : IPendingArchive
{
    private readonly LocalDirectoryStore store;
    private readonly ArchiveName name;
    private readonly string partial;
    private readonly FileStream file;
    private bool committed;
    private bool disposed;

    public LocalPendingArchive(LocalDirectoryStore store, ArchiveName name, string partial, FileStream file)
    {
        this.store = store;
        this.name = name;
        this.partial = partial;
        this.file = file;
        Content = new SpoolStream(file, store.Directory);
    }

    public Stream Content { get; }

    /// <summary>What goes once this is there; often under the same name.</summary>
    public ArchiveName? Replaced { get; init; }

    public async Task<StoredBackup> CommitAsync(CatalogueRecord record, CancellationToken cancellationToken)
    {
        if (record.Archive != name.FileName || record.SizeBytes != file.Position)
            throw new ArgumentException($"the record describes '{record.Archive}' of {record.SizeBytes} bytes, not what was written here", nameof(record));
        try
        {
            await file.FlushAsync(cancellationToken);
            file.Flush(flushToDisk: true);
            // The archive first: a record never stands for an archive that is not there. From here on nothing is cancelled half-way.
            if (Replaced == name)
                File.Move(partial, store.PathOf(name.FileName), overwrite: true);
            else
                DurableFiles.MoveWithoutOverwriting(partial, store.PathOf(name.FileName));
            committed = true;
            // It was another file's, even where the name is the same.
            if (Replaced is not null)
                File.Delete(store.PathOf(Replaced.Certificate));
            await store.WriteBesideAsync(name.Checksum, LocalDirectoryStore.ChecksumLine(record), CancellationToken.None);
            await store.WriteBesideAsync(name.Record, CatalogueJson.Write(record), CancellationToken.None);
            DurableFiles.SyncDirectory(store.Directory);
            // The one step that cannot be undone comes last.
            if (Replaced is not null && Replaced != name)
                store.Remove(Replaced);
        }
        catch (IOException e) when (!committed && File.Exists(store.PathOf(name.FileName)))
        {
            throw LocalDirectoryStore.Taken(name, e);
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            // Mostly a disk that is full to the last block. A run that fails leaves no backup that looks like any other.
            // A replacement stays: what it replaced may be gone.
            if (committed && Replaced is null)
                Withdraw();
            throw StoreErrors.Writing(store.Directory, e);
        }

        return store.Describe(name, record.SizeBytes, record, record.Sha256);
    }

    private void Withdraw()
    {
        try
        {
            store.Remove(name);
        }
        catch (Exception e) when (StoreErrors.IsFileError(e))
        {
            // The first error is the one to tell. What is left has a hidden name by now, and the next run removes it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        // Removed while it is still locked, so that nobody takes it for another's leftover in between.
        if (!committed && !OperatingSystem.IsWindows())
            File.Delete(partial);
        try
        {
            await file.DisposeAsync();
        }
        catch (IOException) when (!committed)
        {
            // What could not be flushed is not wanted any more, and the error that led here has been told.
        }

        if (!committed && OperatingSystem.IsWindows())
            File.Delete(partial);
    }
}
