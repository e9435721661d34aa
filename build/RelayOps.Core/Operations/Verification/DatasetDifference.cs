using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Says in words where two datasets differ.</summary>
internal static class DatasetDifference
{
    /// <summary>The first difference, or null for equal counts.</summary>
    public static string? Find(DatasetCounts expected, DatasetCounts found)
    {
        foreach (var database in expected.Databases.Keys.Union(found.Databases.Keys).Order())
        {
            var wanted = expected.Databases.GetValueOrDefault(database);
            var had = found.Databases.GetValueOrDefault(database);
            if (wanted is null || had is null || wanted.Keys != had.Keys)
                return $"database {database} has {had?.Keys ?? 0} keys, {wanted?.Keys ?? 0} were expected";
            if (wanted.Expiring != had.Expiring)
                return $"database {database} has {had.Expiring} keys that expire, {wanted.Expiring} were expected";
            foreach (var prefix in wanted.Prefixes.Keys.Union(had.Prefixes.Keys).Order(StringComparer.Ordinal))
            {
                var (before, now) = (wanted.Prefixes.GetValueOrDefault(prefix), had.Prefixes.GetValueOrDefault(prefix));
                if (before != now)
                    return $"database {database} has {now} keys of '{prefix}', {before} were expected";
            }
        }

        return null;
    }
}
