using System.Text;
using RelayOps.Adapters.Archives;
using RelayOps.Core;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;

namespace RelayOps.Adapters.Tests.Archives;

public class ArchiveReaderTests
{
    internal static async Task<List<(ArchiveEntry Entry, string Text)>> ReadAllAsync(byte[] bytes, ArchiveLimits? limits = null)
    {
        await using var reader = await ArchiveReader.OpenAsync(
            new MemoryStream(bytes), Codecs.All, limits ?? ArchiveLimits.Default, default);
        var found = new List<(ArchiveEntry, string)>();
        while (await reader.ReadNextAsync(default) is { } entry)
        {
            using var content = new MemoryStream();
            await entry.Content.CopyToAsync(content);
            found.Add((entry, Encoding.UTF8.GetString(content.ToArray())));
        }

        return found;
    }

    private static async Task RefusesAsync(string reason, byte[] bytes, ArchiveLimits? limits = null)
    {
        foreach (var packed in new[] { bytes, TarBytes.Gzip(bytes) })
        {
            var error = await Assert.ThrowsAsync<RelayOpsException>(() => ReadAllAsync(packed, limits));
            Assert.Equal(ExitStatus.BadBackup, error.Status);
            Assert.Contains(reason, error.Why, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task ReadNextAsync_gives_back_what_was_written(string codec)
    {
        var longName = "data/" + string.Join('/', Enumerable.Repeat("näme-of-a-directory", 12)) + "/文件.json";
        var (bytes, archive) = await SampleArchive.WriteAsync(async writer =>
        {
            await writer.AddDirectoryAsync(SampleArchive.At("redis_data", 0x1C0), default);
            await writer.AddFileAsync(SampleArchive.At("redis_data/dump.rdb"), "REDIS"u8.ToArray(), default);
            await writer.AddHardLinkAsync(SampleArchive.At("redis_data/base.rdb"), "redis_data/dump.rdb", default);
            await writer.AddSymbolicLinkAsync(SampleArchive.At("data/link", 0x1FF), "../redis_data/dump.rdb", default);
            await writer.AddFileAsync(SampleArchive.At(longName) with { UserId = 3_000_000_0, GroupId = 2_097_152 }, "{}"u8.ToArray(), default);
        }, codec);

        var found = await ReadAllAsync(bytes);

        Assert.Equal(
            ["redis_data", "redis_data/dump.rdb", "redis_data/base.rdb", "data/link", longName, "manifest.json"],
            found.Select(item => item.Entry.Path));
        Assert.Equal("REDIS", found[1].Text);
        Assert.Equal((EntryKind.HardLink, "redis_data/dump.rdb"), (found[2].Entry.Kind, found[2].Entry.Target));
        Assert.Equal("../redis_data/dump.rdb", found[3].Entry.Target);
        Assert.Equal((0x1C0, 999, 1000, "redis", "ubuntu", SampleArchive.Time), Attributes(found[0].Entry));
        Assert.Equal((0x180, 3_000_000_0, 2_097_152, "redis", "ubuntu", SampleArchive.Time), Attributes(found[4].Entry));
        Assert.Equal(archive.Manifest, ManifestJson.Read(Encoding.UTF8.GetBytes(found[5].Text)) with { Entries = archive.Manifest.Entries, Images = archive.Manifest.Images, Skipped = archive.Manifest.Skipped });
    }

    private static (int, int, int, string, string, DateTimeOffset) Attributes(ArchiveEntry entry) =>
        (entry.Mode, entry.UserId, entry.GroupId, entry.UserName, entry.GroupName, entry.ModifiedAt);

    [Fact]
    public async Task ReadNextAsync_finds_the_files_of_a_flat_archive()
    {
        var found = await ReadAllAsync(new TarBytes().File("./.env", "A=1").Directory("./data/").File("./data/init.json", "{}").Finished());
        Assert.Equal([".env", "data", "data/init.json"], found.Select(item => item.Entry.Path));
    }

    [Fact]
    public async Task ReadNextAsync_finds_the_files_below_any_top_folder()
    {
        var found = await ReadAllAsync(new TarBytes().Directory("my copy/").File("my copy/.env", "A=1").Finished());
        Assert.Equal([".env"], found.Select(item => item.Entry.Path));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("top/../../outside")]
    [InlineData("top/a/../b")]
    public Task Refuses_names_with_parent_segments(string name) =>
        RefusesAsync("leads out of the archive", new TarBytes().Directory("top/").File(name, "x").Finished());

    [Fact]
    public Task Refuses_absolute_names() => RefusesAsync("absolute path", new TarBytes().File("/etc/passwd", "x").Finished());

    [Fact]
    public Task Refuses_a_name_beside_the_top_folder() =>
        RefusesAsync("lies beside", new TarBytes().File("top/a", "x").File("other/b", "x").Finished());

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../etc/passwd")]
    [InlineData("sub/../../etc/passwd")]
    [InlineData("")]
    public Task Refuses_symbolic_links_that_lead_out(string target) =>
        RefusesAsync("link leads out", new TarBytes().File("top/a", "x").Link("top/link", target).Finished());

    [Fact]
    public Task Refuses_a_file_written_through_a_symbolic_link() => RefusesAsync(
        "which is no directory", new TarBytes().Directory("top/data/").Link("top/link", "data").File("top/link/x", "x").Finished());

    [Fact]
    public Task Refuses_a_symbolic_link_in_place_of_a_directory() =>
        RefusesAsync("there twice", new TarBytes().File("top/data/a", "x").Link("top/data", "logs").Finished());

    [Theory]
    [InlineData("../../etc/passwd", "leads out")]
    [InlineData("top/unknown", "did not come before")]
    [InlineData("top/link", "did not come before")]
    public Task Refuses_hard_links_to_what_is_not_there(string target, string reason) =>
        RefusesAsync(reason, new TarBytes().File("top/a", "x").HardLink("top/link", target).Finished());

    [Theory]
    [InlineData('3', "a device")]
    [InlineData('4', "a device")]
    [InlineData('6', "a named pipe")]
    [InlineData('S', "a sparse file")]
    [InlineData('g', "a global extended header")]
    [InlineData('Z', "unknown type")]
    public Task Refuses_devices_and_other_kinds(char type, string reason) =>
        RefusesAsync(reason, new TarBytes().Directory("top/").Entry("top/x", type, []).Finished());

    [Fact]
    public Task Refuses_a_name_that_comes_twice() =>
        RefusesAsync("there twice", new TarBytes().File("top/a", "x").File("top/./a", "y").Finished());

    [Theory]
    [InlineData(new byte[] { 0x80, 0, 0, 0, 0x7F, 0, 0, 0, 0, 0, 0, 0 }, "claims")]
    [InlineData(new byte[] { 0x80, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0 }, "not a number")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE }, "not a number")]
    public Task Refuses_absurd_sizes(byte[] size, string reason) =>
        RefusesAsync(reason, new TarBytes().Entry("top/a", '0', [], binarySize: size).Finished());

    [Fact]
    public Task Refuses_a_long_name_that_claims_gigabytes() =>
        RefusesAsync("extended header claims", new TarBytes().Entry("././@LongLink", 'L', [], size: "17777777777").Finished());

    [Fact]
    public Task Refuses_a_pax_size_that_hides_a_header() => RefusesAsync("two sizes", new TarBytes()
        .Entry("x", 'x', TarBytes.Pax("size", "1024")).File("top/a", "hidden").File("top/b", "x").Finished());

    [Fact]
    public Task Refuses_more_entries_than_any_deployment_has()
    {
        var tar = new TarBytes();
        for (var i = 0; i < 20; i++)
            tar.File($"top/{i}", "");
        return RefusesAsync("more than 10 entries", tar.Finished(), new ArchiveLimits { Entries = 10 });
    }

    [Fact]
    public async Task Refuses_a_decompression_bomb()
    {
        var bomb = TarBytes.Gzip(new TarBytes().File("top/a", new byte[32 << 20]).Finished());
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ReadAllAsync(bomb, new ArchiveLimits { RatioFreeBytes = 1 << 20 }));
        Assert.Contains("bomb", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public Task Refuses_names_that_are_too_long() => RefusesAsync("longer than 255", new TarBytes()
        .Entry("././@LongLink", 'L', Encoding.ASCII.GetBytes("top/" + new string('a', 300) + "\0")).File("top/a", "x").Finished());

    [Fact]
    public Task Refuses_data_behind_the_end() =>
        RefusesAsync("behind its end", [.. new TarBytes().File("top/a", "x").Finished(), .. "more"u8]);

    [Fact]
    public Task Refuses_an_archive_without_its_end() => RefusesAsync("truncated", new TarBytes().File("top/a", "x").Unfinished());

    [Fact]
    public async Task Refuses_an_archive_cut_anywhere()
    {
        var (bytes, _) = await SampleArchive.WriteAsync(writer =>
            writer.AddFileAsync(SampleArchive.At("a"), Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 500))), default));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            var error = await Record.ExceptionAsync(() => ReadAllAsync(bytes[..length])) as RelayOpsException;
            Assert.True(error is not null, $"accepted at {length} of {bytes.Length}");
            Assert.Equal(ExitStatus.BadBackup, error.Status);
        }
    }

    [Fact]
    public async Task Refuses_data_behind_the_compressed_archive()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() =>
            ReadAllAsync([.. TarBytes.Gzip(new TarBytes().File("top/a", "x").Finished()), .. "more"u8]));
        Assert.Contains("followed by something else", error.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task Refuses_damaged_compression(string codec)
    {
        var random = new byte[200_000];
        new Random(7).NextBytes(random);
        var (bytes, _) = await SampleArchive.WriteAsync(writer => writer.AddFileAsync(SampleArchive.At("a"), random, default), codec);
        bytes[bytes.Length / 2] ^= 1;
        // A flipped bit in a stored block is met by the format's checksum alone.
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ReadAllAsync(bytes));
        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    [Fact]
    public async Task OpenAsync_refuses_an_empty_file()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ReadAllAsync([]));
        Assert.Contains("empty", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_says_that_an_archive_is_encrypted()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ReadAllAsync("age-encryption.org/v1\n-> X25519"u8.ToArray()));
        Assert.Contains("encrypted with age", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public Task Refuses_what_is_no_archive_at_all() => RefusesAsync("no tar archive", Encoding.ASCII.GetBytes(new string('x', 2000)));
}
