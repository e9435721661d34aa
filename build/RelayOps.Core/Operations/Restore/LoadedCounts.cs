using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Restore;

/// <summary>Compares what Redis loaded with what was backed up. Keys whose time to live is over since then are missing by right, no others.</summary>
public static class LoadedCounts
{
    /// <summary>The first difference, or null.</summary>
    public static string? FindDifference(DatasetCounts expected, DatasetCounts loaded)
    {
        foreach (var number in expected.Databases.Keys.Union(loaded.Databases.Keys).Order())
        {
            var wanted = expected.Databases.GetValueOrDefault(number);
            var had = loaded.Databases.GetValueOrDefault(number);
            var (most, least) = (wanted?.Keys ?? 0, wanted is null ? 0 : wanted.Keys - wanted.Expiring);
            if ((had?.Keys ?? 0) > most || (had?.Keys ?? 0) < least)
                return $"database {number} has {had?.Keys ?? 0} keys, {most} were backed up, {most - least} of them with a time to live";
            // A Redis whose EVAL was renamed tells no prefixes.
            if (wanted is { Prefixes.IsEmpty: false } && had is { Prefixes.IsEmpty: false } && FindInPrefixes(number, wanted, had) is { } difference)
                return difference;
        }

        return null;
    }

    private static string? FindInPrefixes(int number, DatabaseCounts wanted, DatabaseCounts had)
    {
        var gone = 0L;
        foreach (var prefix in wanted.Prefixes.Keys.Union(had.Prefixes.Keys).Order(StringComparer.Ordinal))
        {
            var (before, now) = (wanted.Prefixes.GetValueOrDefault(prefix), had.Prefixes.GetValueOrDefault(prefix));
            gone += Math.Max(0, before - now);
            if (now > before || gone > wanted.Expiring)
                return $"database {number} has {now} keys of '{prefix}', {before} were backed up";
        }

        return null;
    }
}
