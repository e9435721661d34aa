using System.Globalization;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Redis;

public class LiveRedisTests
{
    private const int Seed = 20250805;

    [Theory]
    [InlineData("packed")]
    [InlineData("unpacked")]
    public async Task ReadAsync_counts_what_a_server_with_random_data_counts(string encoding)
    {
        await using var redis = await LiveRedis.StartAsync(encoding == "packed" ? [] : ["--hash-max-listpack-entries", "2", "--zset-max-listpack-entries", "2",
            "--set-max-intset-entries", "2", "--list-max-listpack-size", "2", "--stream-node-max-entries", "3", "--rdbcompression", "no"]);
        await redis.SendAsync(RandomCommands(20_000));
        var expected = await KeyspaceAsync(redis);
        await redis.SendAsync("SAVE");

        await using var dump = File.OpenRead(Path.Combine(redis.Directory, "dump.rdb"));
        var summary = await RdbReader.ReadAsync(dump, visitor: null, CancellationToken.None);

        Assert.Equal(expected, summary.Counts.Databases.Select(db => (db.Key, db.Value.Keys, db.Value.Expiring)));
        Assert.All(summary.Counts.Databases.Values, database => Assert.Equal(database.Keys, database.Prefixes.Values.Sum()));
        Assert.Equal(dump.Length, summary.LengthBytes);
    }

    [Fact]
    public async Task CheckAsync_reads_what_a_server_appends()
    {
        await using var redis = await LiveRedis.StartAsync("--appendonly", "yes", "--appendfsync", "always", "--appendfilename", "my file.aof", "--aof-timestamp-enabled", "yes");
        await redis.SendAsync(RandomCommands(2_000));
        await redis.SendAsync([["MULTI"], ["SET", "a", "1"], ["SET", "b", "2"]]);
        var directory = Path.Combine(redis.Directory, "appendonlydir");
        var manifest = AofManifest.Parse(await File.ReadAllTextAsync(Path.Combine(directory, AofManifest.FileName("my file.aof"))));

        var summaries = new List<AofSummary>();
        foreach (var file in manifest.Loaded)
        {
            await using var stream = new FileStream(Path.Combine(directory, file.Name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            summaries.Add(await AofReader.CheckAsync(stream, CancellationToken.None));
        }

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(directory, AofManifest.FileName("my file.aof"))), manifest.ToText());
        Assert.Equal(2, summaries.Count);
        Assert.NotNull(summaries[0].Preamble);
        // Commands that changed nothing, such as the deletion of a key that was not there, are not appended.
        Assert.InRange(summaries[1].Commands, 1_500, 2_100);
        Assert.All(summaries, summary => Assert.Null(summary.TornAt));
    }

    private static async Task<List<(int, long, long)>> KeyspaceAsync(LiveRedis redis)
    {
        var info = await redis.SendAsync("INFO", "keyspace");
        return [.. info.Split("\r\n").Where(line => line.StartsWith("db", StringComparison.Ordinal)).Select(line => line.Split(':', '=', ',')).Select(parts => (
            int.Parse(parts[0][2..], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture), long.Parse(parts[4], CultureInfo.InvariantCulture)))];
    }

    /// <summary>Five groups of keys in four databases, of every type, some of them deleted again, some of them to expire in a far future.</summary>
    private static List<string[]> RandomCommands(int count)
    {
        var random = new Random(Seed);
        var commands = new List<string[]>();
        string[] groups = ["apikey", "usage:daily", "claude:account", "session", "billing"];
        for (var i = 0; i < count; i++)
        {
            if (i % 50 == 0)
                commands.Add(["SELECT", $"{random.Next(4)}"]);
            var type = random.Next(6);
            var key = $"{groups[random.Next(groups.Length)]}:{type}:{random.Next(300)}";
            var (n, text) = ($"{random.Next(2) * random.NextInt64(-5_000_000_000, 5_000_000_000)}", new string((char)('a' + random.Next(26)), random.Next(1, 120)));
            commands.Add(random.Next(12) switch
            {
                0 => ["DEL", key],
                1 => ["PEXPIRE", key, "1000000000"],
                _ => type switch
                {
                    0 => ["SET", key, random.Next(2) == 0 ? n : text],
                    1 => ["RPUSH", key, n, text],
                    2 => ["SADD", key, n],
                    3 => ["ZADD", key, n, text],
                    4 => ["HSET", key, n, text, "n", n],
                    _ => ["XADD", key, "*", "n", n, "text", text],
                },
            });
        }

        return commands;
    }
}
