using System.Collections.Immutable;

namespace RelayOps.Core.Redis;

/// <summary>How many keys a dataset has. Equal datasets have equal counts, however they are stored.</summary>
public sealed record DatasetCounts
{
    /// <summary>By database number, ascending; empty databases are left out.</summary>
    public required ImmutableSortedDictionary<int, DatabaseCounts> Databases { get; init; }

    public long Keys => Databases.Values.Sum(database => database.Keys);

    public bool Equals(DatasetCounts? other) =>
        other is not null && Databases.SequenceEqual(other.Databases);

    public override int GetHashCode() => Keys.GetHashCode();
}

/// <param name="Keys">All keys, expired but not yet removed ones included.</param>
/// <param name="Expiring">Those of them with a time to live.</param>
/// <param name="Prefixes">Keys by prefix (see <see cref="KeyPrefix"/>), in ordinal order.</param>
public sealed record DatabaseCounts(long Keys, long Expiring, ImmutableSortedDictionary<string, long> Prefixes)
{
    public bool Equals(DatabaseCounts? other) =>
        other is not null && Keys == other.Keys && Expiring == other.Expiring && Prefixes.SequenceEqual(other.Prefixes);

    public override int GetHashCode() => HashCode.Combine(Keys, Expiring);
}
