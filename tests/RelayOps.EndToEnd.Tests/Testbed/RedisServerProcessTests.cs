using RelayOps.Testing.Datasets;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Testbed;

public sealed class RedisServerProcessTests : IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(3));

    private CancellationToken Patience => patience.Token;

    [Fact]
    public async Task StartAsync_asks_for_password_and_tls_when_told_to()
    {
        await using var redis = await RedisServerProcess.StartAsync(new RedisServerOptions { Password = "p@ss", Tls = true }, Patience);

        Assert.Equal("PONG", await new RedisCli(redis.ConnectionArguments, "p@ss").RunAsync(["PING"], Patience));
        var refused = await Assert.ThrowsAsync<ShellException>(() => new RedisCli(redis.ConnectionArguments, null).RunAsync(["PING"], Patience));
        Assert.Contains("NOAUTH", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_follows_its_master_when_a_replica()
    {
        await using var master = await RedisServerProcess.StartAsync(new RedisServerOptions { Password = "secret", Settings = ["repl-diskless-sync-delay 0"] }, Patience);
        await using var replica = await RedisServerProcess.StartAsync(new RedisServerOptions { ReplicaOf = master, Password = "secret" }, Patience);

        await master.Cli.RunAsync(["SET", "key", "value"], Patience);

        // A replica may be attached only after its first tries.
        while (await master.Cli.RunAsync(["WAIT", "1", "500"], Patience) == "0")
            Patience.ThrowIfCancellationRequested();
        Assert.Equal("value", await replica.Cli.RunAsync(["GET", "key"], Patience));
        Assert.Equal("slave", await replica.Cli.InfoAsync("role", Patience));
    }

    [Fact]
    public async Task DisposeAsync_keeps_the_data_of_a_directory_that_was_given()
    {
        var directory = Directory.CreateTempSubdirectory("relayops-redis-kept-").FullName;
        try
        {
            var options = new RedisServerOptions { Directory = directory, Settings = ["appendonly yes"] };
            await using (var first = await RedisServerProcess.StartAsync(options, Patience))
                await first.Cli.RunAsync(["SET", "key", "value"], Patience);

            await using var second = await RedisServerProcess.StartAsync(options, Patience);

            Assert.Equal("value", await second.Cli.RunAsync(["GET", "key"], Patience));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task DisposeAsync_deletes_a_directory_of_its_own()
    {
        var redis = await RedisServerProcess.StartAsync(Patience);

        await redis.DisposeAsync();

        Assert.False(Directory.Exists(redis.Directory));
    }

    [Fact]
    public async Task RefuseSaves_ends_in_MISCONF_until_saves_are_allowed_again()
    {
        await using var redis = await RedisServerProcess.StartAsync(new RedisServerOptions { Settings = ["save 3600 1"] }, Patience);
        await redis.Cli.RunAsync(["SET", "key", "value"], Patience);

        redis.RefuseSaves();
        await Assert.ThrowsAsync<ShellException>(() => redis.Cli.RunAsync(["SAVE"], Patience));
        await redis.Cli.RunAsync(["BGSAVE"], Patience);
        while (await redis.Cli.InfoAsync("rdb_last_bgsave_status", Patience) == "ok")
            Patience.ThrowIfCancellationRequested();
        var refused = await Assert.ThrowsAsync<ShellException>(() => redis.Cli.RunAsync(["SET", "key", "other"], Patience));
        redis.AllowSaves();
        await redis.Cli.RunAsync(["SAVE"], Patience);

        Assert.Contains("MISCONF", refused.Message, StringComparison.Ordinal);
        Assert.Equal("OK", await redis.Cli.RunAsync(["SET", "key", "other"], Patience));
    }

    [Fact]
    public async Task StartEndlessSaveAsync_keeps_a_save_going_until_it_is_ended()
    {
        await using var redis = await RedisServerProcess.StartAsync(Patience);
        for (var i = 0; i < 10; i++)
            await redis.Cli.RunAsync(["SET", $"key{i}", "value"], Patience);

        await redis.StartEndlessSaveAsync(Patience);
        Assert.Equal("1", await redis.Cli.InfoAsync("rdb_bgsave_in_progress", Patience));
        await redis.EndSaveAsync(Patience);

        while (await redis.Cli.InfoAsync("rdb_bgsave_in_progress", Patience) == "1")
            Patience.ThrowIfCancellationRequested();
        Assert.Equal("ok", await redis.Cli.InfoAsync("rdb_last_bgsave_status", Patience));
    }

    [Fact]
    public async Task Dataset_has_the_sizes_that_were_measured_on_a_real_deployment()
    {
        await using var redis = await RedisServerProcess.StartAsync(
            new RedisServerOptions { Settings = ["appendonly yes", "auto-aof-rewrite-percentage 0"] }, Patience);
        var apiKeys = Enumerable.Range(0, DatasetSize.Small.ApiKeys).Select(i => $"cr_{i}").ToList();

        await redis.Cli.PipeAsync(stream => Dataset.WriteAsync(stream, DatasetSize.Small, apiKeys, new string('k', 32), Patience), Patience);
        await redis.Cli.RunAsync(["SAVE"], Patience);

        Assert.InRange(new FileInfo(Path.Combine(redis.Directory, "appendonlydir/appendonly.aof.1.incr.aof")).Length, 28_000_000, 34_000_000);
        Assert.InRange(new FileInfo(Path.Combine(redis.Directory, "dump.rdb")).Length, 1_000_000, 3_000_000);
        Assert.Equal("stream", await redis.Cli.RunAsync(["TYPE", "billing:events"], Patience));
        Assert.Equal("intset", await redis.Cli.RunAsync(["OBJECT", "ENCODING", "numbers:few"], Patience));
        Assert.Equal("hashtable", await redis.Cli.RunAsync(["OBJECT", "ENCODING", "numbers:many"], Patience));
    }

    public void Dispose() => patience.Dispose();
}
