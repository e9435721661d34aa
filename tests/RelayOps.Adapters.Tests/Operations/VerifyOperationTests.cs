using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Tests.Archives;
using RelayOps.Core;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Tests.Operations;

public class VerifyOperationTests
{
    private static async Task<RelayOpsException> FailsAsync(
        VerifyScene scene, string what, string why, VerificationLevel level = VerificationLevel.Deep)
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync(level));
        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains(what, error.What, StringComparison.Ordinal);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
        Assert.Null(scene.Store!.Saved);
        return error;
    }

    [Theory]
    [InlineData("gzip", VerificationLevel.Quick)]
    [InlineData("gzip", VerificationLevel.Deep)]
    [InlineData("zstd", VerificationLevel.Deep)]
    public async Task RunAsync_finds_a_whole_backup_good(string codec, VerificationLevel level)
    {
        var scene = new VerifyScene { Codec = codec };
        var verified = await scene.VerifyAsync(level);

        Assert.Equal(level, verified.Report.Level);
        Assert.Equal(level, scene.Store!.Saved!.Verified);
        Assert.Equal(VerifyScene.Now, scene.Store.Saved.VerifiedAt);
        Assert.Equal(scene.Store.Saved, verified.Backup.Record);
        Assert.Equal(verified.Manifest!.Redis!.Counts, verified.Report.Counts);
        Assert.Equal(5, verified.Report.Files);
    }

    [Fact]
    public async Task RunAsync_keeps_a_higher_level_that_was_reached_before()
    {
        var scene = new VerifyScene { Backup = backup => backup with { Record = backup.Record! with { Verified = VerificationLevel.Drill } } };
        await scene.VerifyAsync(VerificationLevel.Quick);
        Assert.Equal(VerificationLevel.Drill, scene.Store!.Saved!.Verified);
    }

    [Fact]
    public async Task RunAsync_takes_the_mark_of_a_verified_backup_away_when_it_is_damaged()
    {
        var scene = new VerifyScene
        {
            Stored = bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)],
            Backup = backup => backup with { Record = backup.Record! with { Verified = VerificationLevel.Deep } },
        };

        await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync());

        Assert.Equal(VerificationLevel.None, scene.Store!.Saved!.Verified);
    }

    /// <summary>Credentials that may only read, a medium that is mounted so: a new backup has to be noted as verified, an old one to be restored.</summary>
    [Fact]
    public async Task RunAsync_proves_what_was_verified_before_in_a_store_that_cannot_be_written_and_tells_of_damage_there()
    {
        var scene = new VerifyScene { ReadOnly = new RelayOpsException("cannot write to it", "403", "ask for more rights", ExitStatus.NoConnection) };
        Assert.Equal(ExitStatus.NoConnection, (await Assert.ThrowsAsync<RelayOpsException>(() => scene.VerifyAsync())).Status);
        scene.Backup = backup => backup with { Record = backup.Record! with { Verified = VerificationLevel.Sealed } };

        Assert.Equal(VerificationLevel.Deep, (await scene.VerifyAsync()).Report.Level);

        scene.Stored = bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];
        await FailsAsync(scene, "is not the archive that was stored", "sha256");
    }

    [Fact]
    public async Task RunAsync_asks_of_a_partial_backup_only_what_it_was_made_of()
    {
        var scene = new VerifyScene { WithDump = false, Manifest = manifest => manifest with { Redis = null, Only = "config" } };

        var verified = await scene.VerifyAsync();

        Assert.Contains(verified.Report.Warnings, warning => warning.Contains("--only config", StringComparison.Ordinal));
    }

    [Fact]
    public Task RunAsync_refuses_a_manifest_with_parts_that_do_not_exist() => FailsAsync(
        new VerifyScene { Manifest = manifest => manifest with { Only = "everything" } }, "manifest.json cannot be used", "everything");

    [Fact]
    public Task Case01_RedisFilesThatCouldNotBeRead_are_a_failure() => FailsAsync(
        new VerifyScene { WithDump = false, Manifest = manifest => manifest with { Redis = null } }, "no Redis dataset", "neither", VerificationLevel.Quick);

    [Fact]
    public async Task Case01_AnOldArchiveWithoutRedisFiles_is_a_failure()
    {
        var archive = TarBytes.Gzip(new TarBytes().File("top/.env", "A=1").Directory("top/redis_data/").Finished());
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => new VerifyScene().VerifyLegacyAsync(archive));
        Assert.Contains("no Redis dataset", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case03_DamagedByteInsideASoundArchive_is_found_by_the_dump_itself()
    {
        var dump = VerifyScene.Fixture("redis-7.0.rdb");
        dump[dump.Length / 2] ^= 0x10;
        await FailsAsync(new VerifyScene { Dump = dump }, "redis_data/dump.rdb", "");
    }

    [Fact]
    public async Task Case03_ZeroedTailInsideASoundArchive_is_found_by_the_dump_itself()
    {
        var dump = VerifyScene.Fixture("redis-7.0.rdb");
        dump.AsSpan(dump.Length / 2).Clear();
        await FailsAsync(new VerifyScene { Dump = dump }, "redis_data/dump.rdb", "");
    }

    [Fact]
    public Task Case03_DamagedByteInAnyOtherFile_is_found_by_its_hash() => FailsAsync(
        new VerifyScene
        {
            Manifest = manifest => manifest with { Redis = manifest.Redis },
            Stored = bytes => Repack(bytes, "data/init.json", "{]"u8.ToArray()),
            Backup = Unrecorded,
        },
        "data/init.json", "sha256");

    [Fact]
    public Task Case04_DumpWithoutItsAppendOnlyLayout_is_a_failure() =>
        FailsAsync(new VerifyScene { WithAppendOnly = false }, "no append-only layout", "start empty", VerificationLevel.Quick);

    [Fact]
    public Task Case12_AnotherEncryptionKey_is_a_failure() =>
        FailsAsync(new VerifyScene { FingerprintOf = new string('x', 32) }, "ENCRYPTION_KEY is not the one", "fingerprint");

    [Fact]
    public async Task Case12_AccountSecrets_decrypt_with_the_env_of_the_backup()
    {
        var verified = await new VerifyScene { Dump = AccountDump.Of(VerifyScene.Key, VerifyScene.Key) }.VerifyAsync();
        Assert.Equal(2, verified.Report.DecryptedSecrets!["claude"]);
    }

    [Fact]
    public async Task Case12_AccountSecretsOfAnotherKey_are_a_failure()
    {
        var scene = new VerifyScene { Dump = AccountDump.Of(new string('x', 32)) };
        var error = await FailsAsync(scene, "does not fit the Redis data", "not one of 1");
        Assert.DoesNotContain("token-of-nobody", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(VerifyScene.Key, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case12_SomeAccountSecretsOfAnotherKey_are_a_warning()
    {
        var scene = new VerifyScene { Dump = AccountDump.Of(VerifyScene.Key, new string('x', 32)) };
        Assert.Contains((await scene.VerifyAsync()).Report.Warnings, warning => warning.StartsWith("1 of 2 stored secrets of claude", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_stops_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VerifyScene { Cancellation = stop.Token }.VerifyAsync());
    }

    [Fact]
    public async Task RunAsync_says_that_a_drill_needs_a_redis()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => new VerifyScene().VerifyAsync(VerificationLevel.Drill));
        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    [Fact]
    public async Task RunAsync_names_the_failure_of_the_store_and_not_the_backup()
    {
        var scene = new VerifyScene { Spoil = _ => new BrokenStream() };
        var error = await Assert.ThrowsAsync<IOException>(() => scene.VerifyAsync());
        Assert.Equal("the disk failed", error.Message);
    }

    private sealed class BrokenStream : ReadOnlyStream
    {
        private int blocks;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (blocks++ > 0)
                throw new IOException("the disk failed");
            new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 }.CopyTo(buffer);
            return ValueTask.FromResult(10);
        }
    }

    [Fact]
    public Task Case13_MissingEnv_is_a_failure() => FailsAsync(new VerifyScene { Env = null }, ".env is missing", "restarts");

    [Theory]
    [InlineData("JWT_SECRET", $"ENCRYPTION_KEY={VerifyScene.Key}\n")]
    [InlineData("ENCRYPTION_KEY", "JWT_SECRET=abc\nENCRYPTION_KEY=\n")]
    public Task Case13_EnvWithoutAVitalSecret_is_a_failure(string name, string env) =>
        FailsAsync(new VerifyScene { Env = env }, name, "does not start");

    [Fact]
    public async Task RunAsync_accepts_a_vital_secret_that_the_compose_file_has()
    {
        var scene = new VerifyScene
        {
            Env = $"ENCRYPTION_KEY={VerifyScene.Key}\n",
            Compose = "services:\n  claude-relay:\n    image: x\n    environment:\n      - JWT_SECRET=literal\n",
        };
        Assert.Empty((await scene.VerifyAsync()).Report.Warnings);
    }

    [Fact]
    public async Task RunAsync_warns_of_a_key_of_another_length()
    {
        var scene = new VerifyScene { Env = "JWT_SECRET=a\nENCRYPTION_KEY=short\n", FingerprintOf = "short" };
        Assert.Contains("5 characters", Assert.Single((await scene.VerifyAsync()).Report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public Task RunAsync_refuses_a_compose_file_that_does_not_parse() =>
        FailsAsync(new VerifyScene { Compose = "services:\n  a: [\n" }, "docker-compose.yml", "line");

    [Fact]
    public Task RunAsync_refuses_a_missing_compose_file() => FailsAsync(new VerifyScene { Compose = null }, "compose file is missing", "none of");

    [Fact]
    public Task RunAsync_refuses_stored_bytes_that_changed() => FailsAsync(
        new VerifyScene { Stored = bytes => [.. bytes[..^30], (byte)(bytes[^30] ^ 1), .. bytes[^29..]] },
        "not the archive that was stored", "sha256 is not that of its catalogue record", VerificationLevel.Quick);

    [Fact]
    public Task RunAsync_refuses_a_truncated_file() => FailsAsync(
        new VerifyScene { Stored = bytes => bytes[..(bytes.Length / 2)] }, "not the archive that was stored", "were stored", VerificationLevel.Quick);

    [Fact]
    public Task RunAsync_refuses_another_sum_in_the_sha256_file() => FailsAsync(
        new VerifyScene { Backup = backup => backup with { Sha256 = new string('0', 64) } }, "not the archive", ".sha256 file", VerificationLevel.Quick);

    [Fact]
    public async Task RunAsync_warns_without_sum_and_record()
    {
        var verified = await new VerifyScene { Backup = Unrecorded }.VerifyAsync();
        Assert.Contains("neither", Assert.Single(verified.Report.Warnings), StringComparison.Ordinal);
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
    public Task RunAsync_refuses_a_dataset_with_other_keys_than_promised() => FailsAsync(
        new VerifyScene
        {
            Manifest = manifest => manifest with
            {
                Redis = manifest.Redis! with { Counts = new() { Databases = manifest.Redis.Counts.Databases.Remove(manifest.Redis.Counts.Databases.Keys.First()) } },
            },
        },
        "redis_data/dump.rdb", "0 were expected");

    [Fact]
    public async Task RunAsync_says_sealed_where_it_cannot_decrypt()
    {
        var scene = new VerifyScene { Backup = backup => backup with { Archive = backup.Archive + ".age" } };
        var verified = await scene.VerifyAsync();
        Assert.Equal(VerificationLevel.Sealed, verified.Report.Level);
        Assert.Equal(VerificationLevel.Sealed, scene.Store!.Saved!.Verified);
    }

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

    /// <summary>The archive with one file changed, added or taken out, its manifest as it was.</summary>
    internal static byte[] Repack(byte[] bytes, string path, byte[]? content) => RepackAsync(bytes, path, content).GetAwaiter().GetResult();

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
