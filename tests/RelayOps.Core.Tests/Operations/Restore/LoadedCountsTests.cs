using System.Collections.Immutable;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Operations.Restore;

public sealed class LoadedCountsTests
{
    private static readonly DatasetCounts Expected = Counts(keys: 10, expiring: 3, ("apikey", 6), ("usage", 4));

    [Fact]
    public void FindDifference_is_null_for_equal_counts() => Assert.Null(LoadedCounts.FindDifference(Expected, Expected));

    [Fact]
    public void FindDifference_bears_keys_whose_time_is_over() =>
        Assert.Null(LoadedCounts.FindDifference(Expected, Counts(keys: 7, expiring: 0, ("apikey", 5), ("usage", 2))));

    [Fact]
    public void FindDifference_bears_a_redis_that_tells_no_prefixes() =>
        Assert.Null(LoadedCounts.FindDifference(Expected, Counts(keys: 10, expiring: 3)));

    [Theory, InlineData(6, 6, 0), InlineData(11, 6, 5), InlineData(10, 7, 3), InlineData(0, 0, 0)]
    public void FindDifference_names_the_database_where_keys_are_missing_or_too_many(int keys, int apiKeys, int usage)
    {
        var difference = LoadedCounts.FindDifference(Expected, Counts(keys, expiring: 0, ("apikey", apiKeys), ("usage", usage)));

        Assert.StartsWith("database 0 has ", difference);
    }

    [Fact]
    public void FindDifference_names_a_database_that_was_not_backed_up() =>
        Assert.StartsWith("database 0 has 10 keys, 0 were backed up",
            LoadedCounts.FindDifference(new DatasetCounts { Databases = ImmutableSortedDictionary<int, DatabaseCounts>.Empty }, Expected));

    private static DatasetCounts Counts(int keys, int expiring, params (string Prefix, int Count)[] prefixes) => new()
    {
        Databases = ImmutableSortedDictionary<int, DatabaseCounts>.Empty.Add(0, new DatabaseCounts(keys, expiring,
            prefixes.ToImmutableSortedDictionary(pair => pair.Prefix, pair => (long)pair.Count, StringComparer.Ordinal))),
    };
}
