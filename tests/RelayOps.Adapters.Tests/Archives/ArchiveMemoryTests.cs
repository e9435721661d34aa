using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Tests.Stores;
using RelayOps.Core.Archives;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Tests.Archives;

[Collection(MeasuredAlone.Name)]
public class ArchiveMemoryTests
{
    private const long Size = 64L << 20;

    /// <summary>A slow disk holds the reader back: what waits in between is bounded, whatever the file's size.</summary>
    [Fact]
    public async Task AddFileAsync_holds_the_source_back_when_the_destination_is_slow()
    {
        var gate = new TaskCompletionSource();
        var source = new NoiseStream(Size);
        await using var destination = new GatedStream(gate.Task);
        await using var writer = new ArchiveWriter(
            destination, SampleArchive.Id, new ArchiveWriterOptions { Codec = Codecs.All.Get("gzip") }, default);
        var adding = writer.AddFileAsync(SampleArchive.At("a"), Size, source, default);

        await destination.Reached;
        var before = -1L;
        while (before != source.Taken)
        {
            before = source.Taken;
            for (var i = 0; i < 1000; i++)
                await Task.Yield();
        }

        var finished = adding.IsCompleted;
        // Before anything is asserted: the writer waits for its destination when it is disposed.
        gate.SetResult();
        Assert.InRange(before, 1, 16L << 20);
        Assert.False(finished);
        await adding;
        Assert.Equal(Size, source.Taken);
    }

    [Fact]
    public async Task ReadNextAsync_keeps_nothing_of_what_it_reads()
    {
        using var file = new MemoryStream();
        await using (var writer = new ArchiveWriter(file, SampleArchive.Id, new ArchiveWriterOptions { Codec = Codecs.All.Get("gzip") }, default))
        {
            await writer.AddFileAsync(SampleArchive.At("a"), Size, new NoiseStream(Size), default);
            await writer.FinishAsync(SampleArchive.Manifest(writer), default);
        }

        file.Position = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        await using var reader = await ArchiveReader.OpenAsync(file, Codecs.All, ArchiveLimits.Default, default);
        var buffer = new byte[1 << 20];
        while (await reader.ReadNextAsync(default) is { } entry)
        {
            while (await entry.Content.ReadAsync(buffer) > 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
        }

        Assert.InRange(most, 0, 48L << 20);
    }

    private sealed class NoiseStream(long length) : ReadOnlyStream
    {
        private readonly Random random = new(1);
        private long taken;

        public long Taken => Interlocked.Read(ref taken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var part = (int)Math.Min(buffer.Length, length - taken);
            random.NextBytes(buffer.Span[..part]);
            Interlocked.Add(ref taken, part);
            return ValueTask.FromResult(part);
        }
    }

    private sealed class GatedStream(Task gate) : MemoryStream
    {
        private readonly TaskCompletionSource reached = new();

        public Task Reached => reached.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reached.TrySetResult();
            await gate;
        }
    }
}
