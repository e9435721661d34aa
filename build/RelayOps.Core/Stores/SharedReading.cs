using System.IO.Pipelines;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Stores;

/// <summary>
/// One reading of an archive for several stores at once. It begins when each of them has opened the archive or has no need to, and goes as
/// fast as the slowest of them; one that has enough, or fails, is left behind.
/// </summary>
/// <param name="source">Where it is read.</param>
/// <param name="stores">How many there are: each takes a <see cref="Share"/> and gives it back.</param>
public sealed class SharedReading(CataloguedBackup source, int stores, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int BlockBytes = 256 << 10;

    private static readonly PipeOptions Options = new(pauseWriterThreshold: 4 * BlockBytes, resumeWriterThreshold: 2 * BlockBytes, useSynchronizationContext: false);

    private readonly Lock gate = new();
    private readonly List<PipeWriter> readers = [];
    private Task reading = Task.CompletedTask;
    private int awaited = stores;

    /// <summary>One store's.</summary>
    public Share Take() => new(this, source);

    /// <summary>Once every share was given back, nobody reads any more.</summary>
    public async ValueTask DisposeAsync() => await reading;

    private Stream Join()
    {
        var pipe = new Pipe(Options);
        lock (gate)
            readers.Add(pipe.Writer);
        Arrive();
        return pipe.Reader.AsStream();
    }

    private void Arrive()
    {
        lock (gate)
            if (--awaited == 0 && readers.Count > 0)
                reading = Task.Run(ReadAsync, CancellationToken.None);
    }

    private async Task ReadAsync()
    {
        Exception? failure = null;
        var left = readers.ToList();
        try
        {
            await using var archive = await source.Store.OpenAsync(source.Backup, cancellationToken);
            var block = new byte[BlockBytes];
            while (left.Count > 0 && await archive.ReadAsync(block, cancellationToken) is var read and > 0)
                foreach (var reader in left.ToList())
                    if ((await reader.WriteAsync(block.AsMemory(0, read), cancellationToken)).IsCompleted)
                        left.Remove(reader);
        }
        catch (Exception exception)
        {
            // Each store's own reading ends with it, and tells.
            failure = exception;
        }

        foreach (var reader in readers)
            await reader.CompleteAsync(failure);
    }

    /// <summary>The archive for one store: what it opens first is the reading of all, whatever it opens later is its own.</summary>
    public sealed class Share : IBackupStore, IDisposable
    {
        private readonly SharedReading shared;
        private bool hasJoined;

        internal Share(SharedReading reading, CataloguedBackup source)
        {
            shared = reading;
            Own = source;
        }

        /// <summary>For one that reads alone.</summary>
        public CataloguedBackup Own { get; }

        /// <summary>Whether the next opening is the reading of all.</summary>
        public bool IsNextShared => !hasJoined;

        public string Name => Own.Store.Name;

        public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => Own.Store.ListAsync(cancellationToken);

        public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
        {
            if (hasJoined || backup != Own.Backup)
                return Own.Store.OpenAsync(backup, cancellationToken);
            hasJoined = true;
            return Task.FromResult(shared.Join());
        }

        public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) => Own.Store.SaveRecordAsync(backup, record, cancellationToken);

        public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => Own.Store.DeleteAsync(backup, cancellationToken);

        /// <summary>Gives it back: the others are waited for no longer.</summary>
        public void Dispose()
        {
            if (hasJoined)
                return;
            hasJoined = true;
            shared.Arrive();
        }
    }
}
