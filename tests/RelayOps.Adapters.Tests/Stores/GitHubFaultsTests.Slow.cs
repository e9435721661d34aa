using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>A transfer that trickles lasts longer than a stall may, and is none. The clock is the test's: what moves, moves it on.</summary>
public partial class GitHubFaultsTests
{
    private const int Chunks = 10;

    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    private static TimeSpan Stall => TimeSpan.FromSeconds(100);

    [Fact]
    public async Task PutAsync_sends_an_archive_that_trickles_for_longer_than_a_stall_may_last()
    {
        using var store = Open(Stall, clock);
        var began = clock.GetUtcNow();

        await store.PutAsync(Source(Trickle), CancellationToken.None);

        Assert.True(clock.GetUtcNow() - began > Stall * 5);
        RequireArchive(uploads: 1);
        Assert.Empty(scene.Waits);
    }

    [Fact]
    public async Task PutAsync_gives_up_an_archive_that_stalls()
    {
        using var store = Open(Stall, clock);
        var trickled = 0;

        await store.PutAsync(Source(() =>
        {
            // Behind the first pass, which takes the checksums, and in the middle of the second.
            if (++trickled == Chunks + Chunks / 2)
                clock.Advance(Stall * 1.1);
        }), CancellationToken.None);

        RequireArchive(uploads: 2);
        Assert.Equal(TimeSpan.FromSeconds(2), Assert.Single(scene.Waits));
    }

    [Fact]
    public async Task OpenAsync_reads_an_archive_that_trickles_for_longer_than_a_stall_may_last()
    {
        using var store = Open(Stall, clock);
        var put = await PutAsync(store);
        var (began, read) = (clock.GetUtcNow(), new SemaphoreSlim(1));
        Server.Fail(new Fault("GET /storage", async (context, stop) =>
        {
            context.Response.ContentLength64 = Length;
            foreach (var chunk in content.Chunk(Length / Chunks + 1))
            {
                // Only once the client waits for more, so that it waits while the time goes by.
                await read.WaitAsync(stop);
                Trickle();
                await context.Response.OutputStream.WriteAsync(chunk, stop);
                await context.Response.OutputStream.FlushAsync(stop);
            }

            return true;
        }));

        var arrived = new MemoryStream();
        await using (var stream = await store.OpenAsync(put, CancellationToken.None))
        {
            foreach (var chunk in content.Chunk(Length / Chunks + 1))
            {
                var buffer = new byte[chunk.Length];
                await stream.ReadExactlyAsync(buffer);
                arrived.Write(buffer);
                read.Release();
            }
        }

        Assert.True(clock.GetUtcNow() - began > Stall * 5);
        Assert.Equal(content, arrived.ToArray());
        Assert.Single(Server.Requests, request => request.StartsWith("GET /storage", StringComparison.Ordinal));
        Assert.Empty(scene.Waits);
    }

    /// <param name="trickle">Before each tenth of the archive.</param>
    private CataloguedBackup Source(Action trickle) => GitHubScene.Source(GitHubRecords.Of(Id, content), content, bytes => new Trickling(bytes, trickle));

    private void Trickle() => clock.Advance(Stall * 0.7);

    /// <summary>A tenth at a time, each after a while.</summary>
    private sealed class Trickling(MemoryStream inner, Action trickle) : ReadOnlyStream
    {
        private long next;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (inner.Position >= next && inner.Position < inner.Length)
            {
                next += inner.Length / Chunks + 1;
                trickle();
                cancellationToken.ThrowIfCancellationRequested();
            }

            return await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Math.Max(next - inner.Position, 0))], cancellationToken);
        }
    }
}
