using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Tests.Operations;

public partial class VerifyOperationTests
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

    /// <summary>The archive with one file changed, added or taken out, its manifest as it was.</summary>
    internal static byte[] Repack(byte[] bytes, string path, byte[]? content) => RepackAsync(bytes, path, content).GetAwaiter().GetResult();
}
