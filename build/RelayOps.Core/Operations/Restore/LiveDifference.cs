using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What a restore would change, against the deployment as it runs: files by name, keys by prefix; never a value.</summary>
public sealed class LiveDifference(IHost host, RestoreTarget target)
{
    /// <summary>Of each part; beyond it they are counted. What would be lost stands first.</summary>
    public const int MostNames = 12;

    private static readonly string[] Marks = ["goes", "changes", "comes"];

    /// <summary>Logs are told apart by size alone: reading gigabytes of them is not worth a question. $1 directory, names to read, --, names to measure.</summary>
    private const string FilesScript = """
        cd "$1" || exit 66
        shift
        while [ "$1" != -- ]; do
          if [ -e "$1" ]; then find "$1" -type f -exec sha256sum {} +; fi
          shift
        done
        shift
        for n do if [ -e "$n" ]; then find "$n" -type f -exec stat -c '%s  %n' {} +; fi; done
        exit 0
        """;

    /// <returns>Lines for people.</returns>
    public async Task<ImmutableArray<string>> FindAsync(RestorePlan plan, ArchiveContents backup, CancellationToken cancellationToken)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        var names = plan.Items.Select(item => item.Name).Where(name => name != RedisFinder.DataDirectory).ToList();
        if (names.Count > 0)
            lines.AddRange(Files(names, plan, await ReadFilesAsync(names, cancellationToken)));
        if (plan.HasRedis && backup.Manifest?.Redis is { } dataset && target.Redis is { } redis)
            lines.AddRange(Keys(await KeyCensus.TakeAsync(host, redis, cancellationToken), dataset.Counts));
        return lines.ToImmutable();
    }

    private async Task<Dictionary<string, string>> ReadFilesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var command = HostCommand.ReadingScript(FilesScript,
            [target.Owner.Root, .. names.Where(name => name != "logs"), "--", .. names.Where(name => name == "logs")]);
        var result = await host.RunAsync(target.Owner.Run(command), cancellationToken);
        return result.Output.Split('\n').Select(line => line.TrimStart('\\').Split("  ", 2)).Where(words => words.Length == 2)
            .GroupBy(words => words[1]).ToDictionary(same => same.Key, same => same.First()[0], StringComparer.Ordinal);
    }

    private static IEnumerable<string> Files(IEnumerable<string> names, RestorePlan plan, Dictionary<string, string> present)
    {
        foreach (var name in names)
        {
            var coming = plan.Sent.Where(entry => entry.Sha256 is not null && ArchiveContents.IsBelow(entry.Path, name)).ToDictionary(
                entry => entry.Path, entry => name == "logs" ? entry.Size.ToString(CultureInfo.InvariantCulture) : entry.Sha256!, StringComparer.Ordinal);
            var there = present.Keys.Where(path => ArchiveContents.IsBelow(path, name)).ToHashSet(StringComparer.Ordinal);
            var changes = coming.Keys.Except(there).Select(path => (Path: path, Mark: "comes"))
                .Concat(there.Except(coming.Keys).Select(path => (Path: path, Mark: "goes")))
                .Concat(there.Where(path => coming.TryGetValue(path, out var digest) && digest != present[path]).Select(path => (Path: path, Mark: "changes")))
                .OrderBy(change => Array.IndexOf(Marks, change.Mark)).ThenBy(change => change.Path, StringComparer.Ordinal).ToList();
            yield return changes.Count == 0 ? $"  {name}: the same {coming.Count} files"
                : $"  {name}: {Count("comes")} files come, {Count("goes")} go, {Count("changes")} change";
            foreach (var (path, mark) in changes.Take(MostNames))
                yield return $"    {mark,-8}{path}";
            if (changes.Count > MostNames)
                yield return $"    and {changes.Count - MostNames} more";
            int Count(string mark) => changes.Count(change => change.Mark == mark);
        }
    }

    private static IEnumerable<string> Keys(DatasetCounts now, DatasetCounts afterwards)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"  redis: {now.Keys} keys now, {afterwards.Keys} afterwards; values may differ besides");
        var changes = now.Databases.Keys.Union(afterwards.Databases.Keys).Order().SelectMany(number =>
            Prefixes(number, now.Databases.GetValueOrDefault(number), afterwards.Databases.GetValueOrDefault(number)))
            .OrderBy(change => Array.IndexOf(Marks, change.Mark)).ThenBy(change => change.After - change.Before).ToList();
        foreach (var change in changes.Take(MostNames))
            yield return string.Create(CultureInfo.InvariantCulture, $"    {change.Mark,-8}{change.Prefix}: {change.Before} now, {change.After} afterwards");
        if (changes.Count > MostNames)
            yield return $"    and {changes.Count - MostNames} more";
    }

    private static IEnumerable<(string Mark, string Prefix, long Before, long After)> Prefixes(int number, DatabaseCounts? now, DatabaseCounts? afterwards)
    {
        var (before, after) = (Of(now), Of(afterwards));
        return before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(prefix => (Prefix: prefix, Before: before.GetValueOrDefault(prefix), After: after.GetValueOrDefault(prefix)))
            .Where(count => count.Before != count.After)
            .Select(count => (count.Before == 0 ? "comes" : count.After == 0 ? "goes" : "changes", (number == 0 ? "" : $"db{number} ") + count.Prefix, count.Before, count.After));
        // A Redis whose EVAL was renamed tells no prefixes: then the database counts as one.
        static IReadOnlyDictionary<string, long> Of(DatabaseCounts? counts) => counts switch
        {
            null => ImmutableSortedDictionary<string, long>.Empty,
            { Prefixes.IsEmpty: true } => new Dictionary<string, long> { ["all keys"] = counts.Keys },
            _ => counts.Prefixes,
        };
    }
}
