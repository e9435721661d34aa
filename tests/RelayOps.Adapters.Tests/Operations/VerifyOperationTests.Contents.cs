using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Tests.Archives;
using RelayOps.Core;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;

namespace RelayOps.Adapters.Tests.Operations;

/// <summary>Archives of the older scripts, and archives whose files are not those of their manifest.</summary>
public partial class VerifyOperationTests
{
    [Fact]
    public async Task Case01_AnOldArchiveWithoutRedisFiles_is_a_failure()
    {
        var archive = TarBytes.Gzip(new TarBytes().File("top/.env", "A=1").Directory("top/redis_data/").Finished());
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => new VerifyScene().VerifyLegacyAsync(archive));
        Assert.Contains("no Redis dataset", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public Task RunAsync_refuses_a_file_that_the_manifest_does_not_name() => FailsAsync(
        new VerifyScene { Stored = bytes => Repack(bytes, "data/extra.json", "{}"u8.ToArray()), Backup = Unrecorded },
        "data/extra.json", "does not name it", VerificationLevel.Quick);

    [Fact]
    public Task RunAsync_refuses_a_file_that_is_missing() => FailsAsync(
        new VerifyScene { Stored = bytes => Repack(bytes, "data/init.json", null), Backup = Unrecorded },
        "data/init.json", "it is missing", VerificationLevel.Quick);

    [Fact]
    public async Task RunAsync_names_the_torn_bytes_of_an_old_live_copy()
    {
        var archive = new TarBytes()
            .File("top/redis_data/appendonlydir/appendonly.aof.1.base.rdb", VerifyScene.Fixture("redis-7.0.rdb"))
            .File("top/redis_data/appendonlydir/appendonly.aof.1.incr.aof", "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nDE")
            .File("top/redis_data/appendonlydir/appendonly.aof.manifest",
                "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n").Finished();

        var report = (await new VerifyScene().VerifyLegacyAsync(TarBytes.Gzip(archive))).Report;

        Assert.Contains(report.Warnings, warning => warning.Contains("last 10 bytes, from byte 14", StringComparison.Ordinal));
        Assert.Equal(10, Assert.Single(report.TornBytes).Value);
        Assert.Contains(report.Warnings, warning => warning.Contains(".env is missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Case02_AnOldCopyThatMissesAFileOfItsManifest_is_a_failure()
    {
        var archive = new TarBytes()
            .File("./redis_data/dump.rdb", VerifyScene.Fixture("redis-7.0.rdb"))
            .File("./redis_data/appendonlydir/appendonly.aof.manifest", "file appendonly.aof.2.base.rdb seq 2 type b\n").Finished();

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => new VerifyScene().VerifyLegacyAsync(TarBytes.Gzip(archive)));

        Assert.Contains("appendonly.aof.2.base.rdb is missing", error.What, StringComparison.Ordinal);
        Assert.Contains("dump.rdb in it is sound", error.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_takes_a_flat_old_archive_with_a_redis_6_file()
    {
        var archive = new TarBytes().File(".env", "A=1").File("redis_data/appendonly.aof", "*1\r\n$4\r\nPING\r\n").Finished();
        var report = (await new VerifyScene().VerifyLegacyAsync(TarBytes.Gzip(archive))).Report;
        Assert.Contains(report.Warnings, warning => warning.Contains("no manifest", StringComparison.Ordinal));
        Assert.Empty(report.TornBytes);
    }

    private static Core.Stores.StoredBackup Unrecorded(Core.Stores.StoredBackup backup) => backup with { Record = null, Sha256 = null };

    private static async Task<byte[]> RepackAsync(byte[] bytes, string path, byte[]? content)
    {
        using var output = new MemoryStream();
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(bytes), Codecs.All, ArchiveLimits.Default, default);
        await using (var packed = Codecs.All.Get("gzip").Compress(output, null))
        await using (var tar = new System.Formats.Tar.TarWriter(packed, System.Formats.Tar.TarEntryFormat.Gnu, leaveOpen: true))
        {
            var found = false;
            while (await reader.ReadNextAsync(default) is { } entry)
            {
                if (entry.Path == ArchiveWriter.ManifestName && !found && content is not null)
                    await tar.WriteEntryAsync(Entry(path, content));
                found |= entry.Path == path;
                if (entry.Path != path)
                    await tar.WriteEntryAsync(await CopyAsync(entry));
                else if (content is not null)
                    await tar.WriteEntryAsync(Entry(path, content));
            }
        }

        return output.ToArray();
    }

    private static System.Formats.Tar.GnuTarEntry Entry(string path, byte[] content) =>
        new(System.Formats.Tar.TarEntryType.RegularFile, $"{ArchiveWriter.TopFolder(SampleArchive.Id)}/{path}")
        {
            DataStream = new MemoryStream(content),
            Mode = (UnixFileMode)0x180,
            Uid = 999,
            Gid = 1000,
            ModificationTime = SampleArchive.Time,
        };

    private static async Task<System.Formats.Tar.GnuTarEntry> CopyAsync(ArchiveEntry entry)
    {
        var content = new MemoryStream();
        await entry.Content.CopyToAsync(content);
        var type = entry.Kind switch
        {
            EntryKind.Directory => System.Formats.Tar.TarEntryType.Directory,
            EntryKind.HardLink => System.Formats.Tar.TarEntryType.HardLink,
            _ => System.Formats.Tar.TarEntryType.RegularFile,
        };
        var top = ArchiveWriter.TopFolder(SampleArchive.Id);
        var copy = new System.Formats.Tar.GnuTarEntry(type, $"{top}/{entry.Path}")
        {
            Mode = (UnixFileMode)entry.Mode,
            Uid = entry.UserId,
            Gid = entry.GroupId,
            ModificationTime = entry.ModifiedAt,
        };
        if (entry.Kind == EntryKind.HardLink)
            copy.LinkName = $"{top}/{entry.Target}";
        content.Position = 0;
        if (entry.Kind == EntryKind.File)
            copy.DataStream = content;
        return copy;
    }
}
