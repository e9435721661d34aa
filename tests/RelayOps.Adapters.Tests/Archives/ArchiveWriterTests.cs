using System.Security.Cryptography;
using RelayOps.Adapters.Archives;
using RelayOps.Core;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;

namespace RelayOps.Adapters.Tests.Archives;

public class ArchiveWriterTests
{
    private static async Task FillAsync(ArchiveWriter writer)
    {
        await writer.AddDirectoryAsync(SampleArchive.At("redis_data", 0x1C0), default);
        await writer.AddFileAsync(SampleArchive.At("redis_data/dump.rdb"), 300_000, new MemoryStream(new byte[300_000]), default);
        await writer.AddHardLinkAsync(SampleArchive.At("redis_data/appendonlydir/appendonly.aof.1.base.rdb"), "redis_data/dump.rdb", default);
        await writer.AddSymbolicLinkAsync(SampleArchive.At("data/link", 0x1FF), "../redis_data", default);
        await writer.AddFileAsync(SampleArchive.At(".env"), "A=1\n"u8.ToArray(), default);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task FinishAsync_gives_the_same_bytes_for_the_same_input(string codec)
    {
        var first = await SampleArchive.WriteAsync(FillAsync, codec);
        var second = await SampleArchive.WriteAsync(FillAsync, codec);

        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal(first.Sealed.Sha256, second.Sealed.Sha256);
    }

    [Fact]
    public async Task FinishAsync_tells_what_was_written()
    {
        var (bytes, archive) = await SampleArchive.WriteAsync(FillAsync);

        Assert.Equal(bytes.Length, archive.SizeBytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), archive.Sha256);
        Assert.Equal(300_004, archive.ContentBytes);
        Assert.Equal("gzip", archive.Compression);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(ManifestJson.Write(archive.Manifest))), archive.ManifestSha256);
        Assert.Equal(
            ["redis_data", "redis_data/dump.rdb", "redis_data/appendonlydir/appendonly.aof.1.base.rdb", "data/link", ".env"],
            archive.Manifest.Entries.Select(entry => entry.Path));
    }

    [Fact]
    public async Task AddFileAsync_fails_when_the_content_ends_early()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => SampleArchive.WriteAsync(writer =>
            writer.AddFileAsync(SampleArchive.At("logs/a.log"), 10, new MemoryStream(new byte[9]), default)));

        Assert.Contains("logs/a.log", error.What, StringComparison.Ordinal);
        Assert.Contains("9 bytes where 10", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddPaddedFileAsync_fills_up_with_zeros_and_says_what_there_was()
    {
        long had = 0;
        var (_, archive) = await SampleArchive.WriteAsync(async writer =>
            had = await writer.AddPaddedFileAsync(SampleArchive.At("logs/a.log"), 10, new MemoryStream("12345"u8.ToArray()), default));

        Assert.Equal(5, had);
        var entry = Assert.Single(archive.Manifest.Entries);
        Assert.Equal(10, entry.Size);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("12345\0\0\0\0\0"u8)), entry.Sha256);
    }

    [Fact]
    public async Task AddFileAsync_takes_no_more_than_was_announced()
    {
        using var growing = new MemoryStream("1234567890"u8.ToArray());
        var (_, archive) = await SampleArchive.WriteAsync(writer =>
            writer.AddFileAsync(SampleArchive.At("logs/a.log"), 4, growing, default));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("1234"u8)), Assert.Single(archive.Manifest.Entries).Sha256);
    }

    [Fact]
    public async Task AddHardLinkAsync_refuses_a_target_that_was_not_added() =>
        await Assert.ThrowsAsync<ArgumentException>(() => SampleArchive.WriteAsync(writer =>
            writer.AddHardLinkAsync(SampleArchive.At("a"), "b", default)));

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a\nb")]
    public async Task AddFileAsync_refuses_a_name_that_no_reader_would_take(string path) =>
        await Assert.ThrowsAsync<ArgumentException>(() => SampleArchive.WriteAsync(writer =>
            writer.AddFileAsync(SampleArchive.At(path), "x"u8.ToArray(), default)));

    [Fact]
    public async Task AddFileAsync_passes_on_the_failure_of_the_destination()
    {
        await using var writer = new ArchiveWriter(
            new FailingStream(), SampleArchive.Id, new ArchiveWriterOptions { Codec = Codecs.All.Get("gzip") }, default);
        var random = new byte[32 << 20];
        new Random(1).NextBytes(random);

        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await writer.AddFileAsync(SampleArchive.At("a"), random, default);
            await writer.FinishAsync(SampleArchive.Manifest(writer), default);
        });

        Assert.Equal("no space left", error.Message);
    }

    [Fact]
    public async Task DisposeAsync_ends_without_a_finish()
    {
        using var output = new MemoryStream();
        var writer = new ArchiveWriter(output, SampleArchive.Id, new ArchiveWriterOptions { Codec = Codecs.All.Get("zstd") }, default);
        await writer.AddFileAsync(SampleArchive.At("a"), new byte[5 << 20], default);

        await writer.DisposeAsync();

        Assert.Empty(writer.Entries.Where(entry => entry.Path == ArchiveWriter.ManifestName));
    }

    [Fact]
    public async Task AddFileAsync_stops_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        using var output = new MemoryStream();
        await using var writer = new ArchiveWriter(
            output, SampleArchive.Id, new ArchiveWriterOptions { Codec = Codecs.All.Get("gzip") }, stop.Token);
        await writer.AddDirectoryAsync(SampleArchive.At("d"), default);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await writer.AddFileAsync(SampleArchive.At("a"), new byte[64 << 20], stop.Token);
            await writer.FinishAsync(SampleArchive.Manifest(writer), stop.Token);
        });
    }

    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("no space left");
    }
}
