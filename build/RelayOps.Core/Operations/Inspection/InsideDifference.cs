using System.Collections.Immutable;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Inspection;

/// <summary>What is different between two backups, or between a backup and the deployment; from the older to the newer.</summary>
public sealed record InsideDifference
{
    /// <summary>A backup's id.</summary>
    public required string From { get; init; }

    /// <summary>A backup's id, or <c>live</c>.</summary>
    public required string To { get; init; }

    /// <summary>Paths by sha256; the dataset's own files are left out, since they differ always.</summary>
    public required ImmutableArray<string> FilesAdded { get; init; }

    public required ImmutableArray<string> FilesRemoved { get; init; }

    public required ImmutableArray<string> FilesChanged { get; init; }

    public required int FilesEqual { get; init; }

    /// <summary>Keys in all databases; null where a side has no dataset.</summary>
    public long? KeysBefore { get; init; }

    public long? KeysAfter { get; init; }

    /// <summary>Prefixes whose number of keys differs.</summary>
    public ImmutableArray<PrefixChange> Prefixes { get; init; } = [];

    /// <summary>Key by key; null where only the numbers could be compared.</summary>
    public ImmutableArray<KeyDifference>? Keys { get; init; }

    /// <summary>Names of <c>.env</c> that only the newer side has. Never a value.</summary>
    public ImmutableArray<string> EnvironmentAdded { get; init; } = [];

    public ImmutableArray<string> EnvironmentRemoved { get; init; } = [];

    /// <summary>Names whose value differs.</summary>
    public ImmutableArray<string> EnvironmentChanged { get; init; } = [];

    /// <summary>What could not be compared, and why.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    internal static InsideDifference Between(InsideSide before, InsideSide after)
    {
        var (files, formerFiles) = (after.Files, before.Files);
        var (names, formerNames) = (after.Environment.Values, before.Environment.Values);
        return new InsideDifference
        {
            From = before.Name,
            To = after.Name,
            FilesAdded = Sorted(files.Keys.Where(path => !formerFiles.ContainsKey(path))),
            FilesRemoved = Sorted(formerFiles.Keys.Where(path => !files.ContainsKey(path))),
            FilesChanged = Sorted(files.Keys.Where(path => formerFiles.TryGetValue(path, out var former) && former != files[path])),
            FilesEqual = files.Count(file => formerFiles.GetValueOrDefault(file.Key) == file.Value),
            KeysBefore = before.Prefixes?.Values.Sum(),
            KeysAfter = after.Prefixes?.Values.Sum(),
            Prefixes = before.Prefixes is { } formerPrefixes && after.Prefixes is { } prefixes ? PrefixChange.Between(formerPrefixes, prefixes) : [],
            Keys = before.Digests is { } formerDigests && after.Digests is { } digests ? KeyDigests.Between(formerDigests, digests) : null,
            EnvironmentAdded = Sorted(names.Keys.Where(name => !formerNames.ContainsKey(name))),
            EnvironmentRemoved = Sorted(formerNames.Keys.Where(name => !names.ContainsKey(name))),
            EnvironmentChanged = Sorted(names.Keys.Where(name => formerNames.TryGetValue(name, out var former) && former != names[name])),
            Notes = [.. before.Notes, .. after.Notes, .. KeyNote(before, after)],
        };
    }

    private static IEnumerable<string> KeyNote(InsideSide before, InsideSide after)
    {
        if (before.Digests is { IsIncomplete: true } || after.Digests is { IsIncomplete: true })
            yield return $"more than {Reporting.Figures.Count(KeyDigests.MostKeys)} keys: compared by their number for each prefix alone";
    }

    private static ImmutableArray<string> Sorted(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];
}

/// <summary>How many keys a prefix had and has, over all databases.</summary>
public sealed record PrefixChange(string Prefix, long Before, long After)
{
    internal static ImmutableArray<PrefixChange> Between(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after) =>
        [.. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(prefix => new PrefixChange(prefix, before.GetValueOrDefault(prefix), after.GetValueOrDefault(prefix)))
            .Where(change => change.Before != change.After)];
}
