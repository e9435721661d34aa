using System.Globalization;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Datasets;
using RelayOps.Testing.Users;
using Xunit.Abstractions;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>Random data of every type go into a backup and come back, value by value. RELAYOPS_SEED chooses others than those of every run.</summary>
[Collection(OneServer.Name)]
public sealed class EveryValueTests(Server server, ITestOutputHelper output)
{
    private const int KeysEach = 180;
    private static readonly int[] Databases = [0, 1, 5, 9, 15];

    [Fact]
    public async Task Restore_brings_back_every_value_of_a_random_dataset()
    {
        var seed = Environment.GetEnvironmentVariable("RELAYOPS_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 20250805;
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo, new() { Dataset = null });
        var redis = await scenario.Deployment.RedisAsync(scenario.Patience);
        await redis.PipeAsync(stream => RandomDataset.WriteAsync(stream, seed, Databases, KeysEach, scenario.Patience), scenario.Patience);
        var before = await CensusAsync(scenario);
        // What lapses on the way is missing by right.
        await scenario.RedisAsync("SET", "lapses", "soon", "PX", "1500");
        var source = await scenario.BackupAsync();
        await scenario.RedisAsync("FLUSHALL");
        await scenario.RedisAsync("SET", "written:after", "the backup");

        await scenario.RestoreAsync(source);

        var after = await CensusAsync(scenario);
        output.WriteLine($"seed {seed}: {before.Length} keys of {before.Select(line => line.Split(' ')[2]).Distinct().Count()} types in {Databases.Length} databases");
        Assert.Equal(before, after);
        Assert.Equal(Databases.Length * KeysEach, before.Length);
        Assert.Equal(6, before.Select(line => line.Split(' ')[2]).Distinct().Count());
    }

    /// <summary>Without what the service writes anew at each start.</summary>
    private static async Task<string[]> CensusAsync(Scenario scenario)
    {
        var lines = new List<string>();
        foreach (var database in Databases)
        {
            var census = await scenario.RedisAsync("-n", database.ToString(CultureInfo.InvariantCulture), "EVAL", RandomDataset.CensusScript, "0");
            lines.AddRange(census.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{database} {line}"));
        }

        var random = Convert.ToHexStringLower("random"u8);
        return [.. lines.Where(line => line.Split(' ')[1].StartsWith(random, StringComparison.Ordinal))];
    }
}
