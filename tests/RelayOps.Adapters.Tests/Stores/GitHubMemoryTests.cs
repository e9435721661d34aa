using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core.Backups;
using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>The heap is the whole process', so that nothing else may run beside.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}

[Collection(MeasuredAlone.Name)]
public sealed class GitHubMemoryTests : IDisposable
{
    private const long Size = 256L << 20;

    private readonly GitHubScene scene = new();

    public void Dispose() => scene.Dispose();

    /// <summary>Four parts of 64 MiB: were any of them held, the heap would show it.</summary>
    [Fact]
    public async Task PutAsync_holds_nothing_of_what_it_sends()
    {
        scene.Server.KeepsContent = false;
        var record = GitHubRecords.Of(BackupId.Get("20250805_142530"), []) with { SizeBytes = Size, Sha256 = await GitHubScene.HashAsync(new Zeroes(_ => { })) };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var source = new ZeroStore(_ => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before));
        using var store = new ReleaseStore(
            scene.Connection(), allowPlaintext: true, scene.Reporter, new RestReleases(new GitHubRestClient(scene.Connection())), Size / 4);

        var put = await store.PutAsync(new CataloguedBackup(source, GitHubScene.Source(record, []).Backup with { SizeBytes = Size }), CancellationToken.None);

        Assert.Equal(Size, put.SizeBytes);
        Assert.InRange(most, 1, 48L << 20);
    }

    private sealed class ZeroStore(Action<long> read) : IBackupStore
    {
        public string Name => "zeroes";

        public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken) => Task.FromResult<Stream>(new Zeroes(read));

        public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Zeroes(Action<long> read) : ReadOnlyStream
    {
        private long left = Size;

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, left);
            buffer[..count].Clear();
            left -= count;
            read(count);
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
