using System.Runtime.Versioning;
using RelayOps.Adapters.Drills;
using RelayOps.Adapters.Tests.Archives;
using RelayOps.Adapters.Tests.Operations;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;

namespace RelayOps.Adapters.Tests.Drills;

[SupportedOSPlatform("linux")]
public sealed class RedisServerDrillTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("drill-test-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private RedisServerDrill Drill(string program = "redis-server", string docker = "no-docker-here") =>
        new(new RedisServerDrillOptions { Directory = directory, Memory = directory, Program = program, Docker = docker });

    [Fact]
    public async Task Case04_BothLayouts_load_into_a_real_redis_with_the_same_keys()
    {
        var scene = new VerifyScene { Drill = Drill() };
        var verified = await scene.VerifyAsync(VerificationLevel.Drill);

        Assert.Equal(VerificationLevel.Drill, verified.Report.Level);
        Assert.StartsWith("redis-server ", verified.Report.DrilledBy, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
    }

    [Fact]
    public async Task PrepareAsync_takes_docker_where_there_is_no_redis_server()
    {
        // Stands for docker: what follows the image are redis-server's arguments.
        var docker = Path.Combine(directory, "docker");
        await File.WriteAllTextAsync(docker, """
            #!/bin/sh
            [ "$1" = run ] || exit 0
            printf '%s\n' "$@" > "$0.arguments"
            while [ "$1" != redis:7-alpine ]; do shift; done
            shift
            exec redis-server "$@"
            """);
        File.SetUnixFileMode(docker, (UnixFileMode)0x1C0);

        var verified = await new VerifyScene { Drill = Drill("no-redis-here", docker) }.VerifyAsync(VerificationLevel.Drill);

        Assert.Equal("redis:7-alpine", verified.Report.DrilledBy);
        var arguments = await File.ReadAllLinesAsync(docker + ".arguments");
        Assert.Equal(["run", "--rm", "--network", "none", "--user"], arguments[..5]);
    }

    [Fact]
    public async Task PrepareAsync_says_what_to_install_when_there_is_neither()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Drill("no-redis-here").PrepareAsync(1 << 20, default));
        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("--level deep", error.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_names_the_reason_of_a_dataset_that_does_not_load()
    {
        await using var ground = await Drill().PrepareAsync(1 << 20, default);
        await using (var file = ground.Create("redis_data/dump.rdb"))
            await file.WriteAsync("REDIS0010 is followed by nonsense"u8.ToArray());

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ground.LoadAsync(DrillLayout.Dump, 0, default));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.NotEmpty(error.Why);
    }

    [Fact]
    public async Task LoadAsync_ends_redis_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var ground = await Drill().PrepareAsync(1 << 20, default);
        await using (var file = ground.Create("redis_data/dump.rdb"))
            await file.WriteAsync(VerifyScene.Fixture("redis-7.0.rdb"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ground.LoadAsync(DrillLayout.Dump, 0, stop.Token));
        await ground.DisposeAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
    }

    [Fact]
    public async Task PrepareAsync_removes_what_a_killed_drill_left()
    {
        var abandoned = Directory.CreateDirectory(Path.Combine(directory, "relayops-drill-4194305-abc")).FullName;
        await File.WriteAllTextAsync(Path.Combine(abandoned, "dump.rdb"), "secret");

        await using var ground = await Drill().PrepareAsync(1 << 20, default);

        Assert.False(Directory.Exists(abandoned));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(Assert.Single(Directory.GetDirectories(directory))));
    }

    [Fact]
    public async Task RunAsync_lets_redis_count_an_old_live_copy_with_its_torn_tail()
    {
        var archive = new TarBytes()
            .File("top/redis_data/appendonlydir/appendonly.aof.1.base.rdb", VerifyScene.Fixture("redis-7.0.rdb"))
            .File("top/redis_data/appendonlydir/appendonly.aof.1.incr.aof",
                "*2\r\n$6\r\nSELECT\r\n$1\r\n5\r\n*3\r\n$3\r\nSET\r\n$5\r\nadded\r\n$1\r\n1\r\n*2\r\n$3\r\nDE")
            .File("top/redis_data/appendonlydir/appendonly.aof.manifest",
                "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n").Finished();

        var report = (await new VerifyScene { Drill = Drill() }.VerifyLegacyAsync(TarBytes.Gzip(archive), VerificationLevel.Drill)).Report;

        var dump = await RdbReader.ReadAsync(new MemoryStream(VerifyScene.Fixture("redis-7.0.rdb")), null, default);
        Assert.Equal(dump.Counts.Keys + 1, report.Counts!.Keys);
        Assert.Equal(10, Assert.Single(report.TornBytes).Value);
    }

    [Theory]
    [InlineData("HSET apikey:hash_map A 1|HSET apikey:1 apiKey A|HSET apikey:hash_map B 2|HSET apikey:2 apiKey B|SADD apikey:idx:all 1 2", 2, 2, 0, 0, 0)]
    [InlineData("HSET apikey:hash_map A 1|HSET apikey:1 apiKey A|HSET apikey:hash_map B 2", 2, 1, 1, 0, 0)]
    [InlineData("HSET apikey:hash_map A 1|HSET apikey:1 apiKey A|HSET apikey:2 apiKey B", 1, 1, 0, 0, 1)]
    [InlineData("HSET apikey:hash_map A 1|HSET apikey:1 apiKey A|HSET apikey:2 apiKey B isDeleted true", 1, 1, 0, 0, 0)]
    [InlineData("SET apikey:1 text", 0, 0, 0, 0, 0)]
    public async Task RunAsync_counts_the_api_keys_that_can_be_looked_up(string commands, long entries, long sound, long stale, long misled, long unlisted)
    {
        var report = (await new VerifyScene { Drill = Drill() }.VerifyLegacyAsync(Live(commands), VerificationLevel.Drill)).Report;

        Assert.Equal(new ApiKeyMap(entries, sound, stale, misled, unlisted), report.Drill!.ApiKeys);
        Assert.Equal(stale + unlisted > 0, report.Warnings.Any(warning => warning.Contains("apikey:hash_map", StringComparison.Ordinal)));
        Assert.Equal(entries == 0, report.Drill.NotProven.Contains("that API keys can be looked up: the dataset has none"));
    }

    [Theory]
    [InlineData("HSET apikey:hash_map A 2|HSET apikey:1 apiKey A|HSET apikey:hash_map B 2|HSET apikey:2 apiKey B", "damaged")]
    [InlineData("HSET apikey:hash_map A 3|HSET apikey:1 apiKey A|HSET apikey:hash_map B 2|HSET apikey:2 apiKey B", "damaged")]
    [InlineData("HSET apikey:hash_map A 1|HSET apikey:1 apiKey A|HSET apikey:2 name x|HSET apikey:hash_map B 2", "damaged")]
    [InlineData("HSET apikey:hash_map A 1", "cannot be looked up")]
    [InlineData("HSET apikey:1 apiKey A", "cannot be looked up")]
    [InlineData("SET apikey:hash_map A", "cannot be looked up")]
    public async Task RunAsync_ends_in_exit_4_when_api_keys_cannot_be_looked_up(string commands, string reason)
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => new VerifyScene { Drill = Drill() }.VerifyLegacyAsync(Live(commands), VerificationLevel.Drill));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains(reason, error.What, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
    }

    [Fact]
    public async Task RunAsync_notes_the_drill_in_the_record_and_says_what_it_does_not_prove()
    {
        var verified = await new VerifyScene { Drill = Drill() }.VerifyAsync(VerificationLevel.Drill);

        Assert.Equal(new DrillFacts(VerifyScene.Now, null), verified.Backup.Record!.Drill);
        Assert.Equal(verified.Report.Sha256, verified.Report.Drill!.Sha256);
        Assert.StartsWith("that the service starts", verified.Report.Drill.NotProven[0], StringComparison.Ordinal);
        Assert.Empty(verified.Report.Drill.Images);
    }

    /// <summary>A live copy whose append-only file has these commands. A and B stand for hashes.</summary>
    private static byte[] Live(string commands)
    {
        var resp = string.Concat(commands.Split('|').Prepend("SELECT 0").Select(command => command.Split(' ')
            .Select(word => word is "A" or "B" ? new string(word == "A" ? 'a' : 'b', 64) : word).ToArray())
            .Select(words => $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))));
        return TarBytes.Gzip(new TarBytes()
            .File("top/redis_data/appendonlydir/appendonly.aof.1.incr.aof", resp)
            .File("top/redis_data/appendonlydir/appendonly.aof.manifest", "file appendonly.aof.1.incr.aof seq 1 type i\n").Finished());
    }
}
