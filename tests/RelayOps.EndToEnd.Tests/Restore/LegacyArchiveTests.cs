using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>Archives as the older scripts left them: a live copy, no manifest, two ways of naming and packing.</summary>
[Collection(OneServer.Name)]
public sealed class LegacyArchiveTests(Server server)
{
    [Fact]
    public async Task Restore_takes_an_archive_of_the_backup_script_with_its_append_only_directory()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        await scenario.RedisAsync("SET", "only:in", "the append-only file");
        var source = await scenario.LegacyAsync("claude-relay-backup-20250805_142530", prepare: "");
        await scenario.LoseDataAsync();

        await scenario.RestoreAsync(source);

        Assert.Equal("the append-only file", await scenario.RedisAsync("GET", "only:in"));
        Assert.Equal("0", await scenario.RedisAsync("EXISTS", "written:after"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    [Fact]
    public async Task Case08_ARedis6FileBesideAnAppendOnlyDirectory_is_converted_to_what_this_redis_loads()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        await scenario.RedisAsync("SET", "only:in", "the dump");
        await scenario.RedisAsync("SAVE");
        // Redis 6 keeps its append-only file beside the dump, and begins it with an RDB.
        var source = await scenario.LegacyAsync("claude-relay-backup-20250805_142530",
            prepare: "rm -rf redis_data/appendonlydir && mv redis_data/dump.rdb redis_data/appendonly.aof");
        await scenario.LoseDataAsync();

        await scenario.RestoreAsync(source);

        Assert.Equal("the dump", await scenario.RedisAsync("GET", "only:in"));
        Assert.Equal("", await scenario.AsRootAsync("cd \"$1\" && ls redis_data/*.aof 2>/dev/null || :"));
    }

    [Fact]
    public async Task Restore_takes_a_torn_archive_only_when_told_to()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.LegacyAsync("claude-relay-backup-20250805_142530",
            prepare: "printf '*3\\r\\n$3\\r\\nSET\\r\\n$5\\r\\nab' >> redis_data/appendonlydir/appendonly.aof.1.incr.aof");

        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(source));
        await scenario.RestoreAsync(source, scenario.Request with { AllowTorn = true });

        Assert.Equal(ExitStatus.BadBackup, refused.Status);
        Assert.Contains("--allow-torn", refused.Next);
        Assert.InRange(int.Parse(await scenario.RedisAsync("DBSIZE")), 1200, 1400);
    }

    [Fact]
    public async Task Restore_puts_a_backup_into_a_redis_without_append_only_files_as_its_dump_alone()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Busybox, new DeploymentOptions { AppendOnly = false });
        var source = await scenario.BackupAsync();
        await scenario.LoseDataAsync();

        var outcome = await scenario.RestoreAsync(source);

        Assert.Equal(scenario.Deployment.LoadedKeys.Values.Sum() + 2, outcome.Keys);
        Assert.Equal("redis_data/dump.rdb\n", await scenario.AsRootAsync("cd \"$1\" && find redis_data -type f"));
    }
}
