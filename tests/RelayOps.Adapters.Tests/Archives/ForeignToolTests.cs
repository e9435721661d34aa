using System.Diagnostics;
using System.Runtime.Versioning;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;

namespace RelayOps.Adapters.Tests.Archives;

/// <summary>Our archives under other people's tools, and theirs under ours.</summary>
[SupportedOSPlatform("linux")]
public sealed class ForeignToolTests : IDisposable
{
    private static readonly string LongName = "data/" + string.Join('/', Enumerable.Repeat("a-long-name-of-a-directory", 8)) + "/ünï 文件.json";

    private readonly string directory = Directory.CreateTempSubdirectory("archive-test-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("tar")]
    [InlineData("busybox tar")]
    public async Task FinishAsync_writes_what_the_guides_commands_unpack(string tar)
    {
        var (bytes, _) = await SampleArchive.WriteAsync(async writer =>
        {
            await writer.AddDirectoryAsync(SampleArchive.At("redis_data", 0x1C0), default);
            await writer.AddFileAsync(SampleArchive.At("redis_data/dump.rdb"), "REDIS"u8.ToArray(), default);
            await writer.AddHardLinkAsync(SampleArchive.At("redis_data/base.rdb"), "redis_data/dump.rdb", default);
            await writer.AddSymbolicLinkAsync(SampleArchive.At("data/" + new string('l', 120), 0x1FF), "../redis_data/dump.rdb", default);
            await writer.AddFileAsync(SampleArchive.At(LongName, 0x1A4), "{}"u8.ToArray(), default);
        });
        await File.WriteAllBytesAsync(Path.Combine(directory, "a.tar.gz"), bytes);

        var listing = await ShellAsync($"{tar} tzf a.tar.gz");
        await ShellAsync($"{tar} xzf a.tar.gz");

        var top = Path.Combine(directory, ArchiveWriter.TopFolder(SampleArchive.Id));
        Assert.Contains($"claude-relay-backup-{SampleArchive.Id}/redis_data/\n", listing, StringComparison.Ordinal);
        Assert.Equal("REDIS", await File.ReadAllTextAsync(Path.Combine(top, "redis_data/base.rdb")));
        Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(top, LongName)));
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(Path.Combine(top, "redis_data/dump.rdb")));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(Path.Combine(top, "redis_data")));
        Assert.Equal(SampleArchive.Time.UtcDateTime, File.GetLastWriteTimeUtc(Path.Combine(top, LongName)));
        Assert.Equal("../redis_data/dump.rdb", new FileInfo(Path.Combine(top, "data", new string('l', 120))).LinkTarget);
        Assert.Equal("2", (await ShellAsync($"stat -c %h '{top}/redis_data/dump.rdb'")).Trim());
        Assert.True(File.Exists(Path.Combine(top, "manifest.json")));
    }

    [Fact]
    public async Task FinishAsync_keeps_owners_and_times_as_GNU_tar_reads_them()
    {
        var (bytes, _) = await SampleArchive.WriteAsync(async writer =>
        {
            await writer.AddFileAsync(SampleArchive.At("a") with { UserId = 30_000_000, GroupId = 2_097_152 }, "x"u8.ToArray(), default);
            await writer.AddFileAsync(SampleArchive.At("b") with { ModifiedAt = new DateTimeOffset(1969, 12, 31, 0, 0, 0, TimeSpan.Zero) }, "x"u8.ToArray(), default);
        });
        await File.WriteAllBytesAsync(Path.Combine(directory, "a.tar.gz"), bytes);

        var listing = await ShellAsync("TZ=UTC tar tvzf a.tar.gz --numeric-owner --full-time");

        Assert.Contains("30000000/2097152", listing, StringComparison.Ordinal);
        Assert.Contains("1969-12-31 00:00:00", listing, StringComparison.Ordinal);
        Assert.Contains("999/1000", listing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tar czf a claude-relay-backup-20250805_142530")]
    [InlineData("busybox tar czf a claude-relay-backup-20250805_142530")]
    [InlineData("tar --format=posix -czf a claude-relay-backup-20250805_142530")]
    [InlineData("tar czf a -C claude-relay-backup-20250805_142530 .env data redis_data")]
    [InlineData("tar czf a -C claude-relay-backup-20250805_142530 .")]
    [InlineData("tar cf - claude-relay-backup-20250805_142530 | zstd -q > a")]
    public async Task ReadNextAsync_reads_the_archives_of_the_old_scripts(string pack)
    {
        var script = $"""
            mkdir -p claude-relay-backup-20250805_142530/redis_data claude-relay-backup-20250805_142530/data
            cd claude-relay-backup-20250805_142530
            echo A=1 > .env; echo REDIS > redis_data/dump.rdb; ln redis_data/dump.rdb redis_data/twin.rdb; ln -s dump.rdb redis_data/link
            mkdir -p "$(dirname '{LongName}')"; echo long > '{LongName}'
            cd ..; {pack}
            """;
        await ShellAsync(script);

        var found = await ArchiveReaderTests.ReadAllAsync(await File.ReadAllBytesAsync(Path.Combine(directory, "a")));

        Assert.Equal("A=1\n", found.Single(item => item.Entry.Path == ".env").Text);
        Assert.Equal("long\n", found.Single(item => item.Entry.Path == LongName).Text);
        Assert.Contains(found, item => item.Entry.Path == "redis_data/link" && item.Entry.Target == "dump.rdb");
        var twins = found.Where(item => item.Entry.Path is "redis_data/dump.rdb" or "redis_data/twin.rdb").ToList();
        Assert.Equal([EntryKind.File, EntryKind.HardLink], twins.Select(item => item.Entry.Kind));
        Assert.Equal("REDIS\n", twins[0].Text);
    }

    private async Task<string> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("sh", ["-euc", script])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }
}
