using RelayOps.Core.Backups;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Holds the Redis data of an archive against what Redis needs, and against the manifest.</summary>
internal sealed class DatasetCheck(BackupContent content, Findings findings)
{
    private readonly Dataset dataset = Dataset.Find(content);

    /// <summary>Structure alone: is there a dataset at all, in the layouts that there must be?</summary>
    public Dataset RequirePresent()
    {
        if (dataset.IsMissing)
            throw Findings.Bad("the archive holds no Redis dataset", "redis_data has neither dump.rdb nor append-only files: the copy could not read them");
        if (content.Manifest is not { } manifest)
            return dataset;
        if (manifest.Redis is null)
            throw Findings.Bad("the archive holds no Redis dataset", "the manifest names none");
        if (dataset.Dump is null)
            throw Findings.Bad("redis_data/dump.rdb is missing", "every backup has the dataset as a dump");
        if (dataset.AppendManifest is null && dataset.AppendOnlyFile is null)
            throw Findings.Bad("the dataset has no append-only layout", "a redis with appendonly yes would start empty and save that over the dump");
        findings.Counts = manifest.Redis.Counts;
        return dataset;
    }

    /// <summary>What was read from the files themselves.</summary>
    public void RequireLoadable()
    {
        if (content.Manifest?.Redis is { } promised)
            RequireCounts(promised);
        else
            CountLegacy();
        if (dataset.AppendManifest is not null)
            RequireParts();
        else if (dataset.AppendOnlyFile is not null)
            RequireWhole(dataset.AppendOnlyFile, mayBeTorn: true);
    }

    private void RequireCounts(DatasetManifest promised)
    {
        var summary = content.GetDump(dataset.Dump!);
        foreach (var note in summary.Notes)
            findings.Warn($"{dataset.Dump}: {note}");
        if (summary.Version != promised.RdbVersion)
            throw Findings.Bad($"{dataset.Dump} is not as it was backed up", $"it has RDB version {summary.Version}, the manifest says {promised.RdbVersion}");
        findings.Counts = summary.Counts;
        if (DatasetDifference.Find(promised.Counts, summary.Counts) is { } difference)
            throw Findings.Bad($"{dataset.Dump} is not as it was backed up", difference);
        if (summary.TrailingBytes is > 0)
            throw Findings.Bad($"{dataset.Dump} cannot be an append-only base", $"{summary.TrailingBytes} bytes follow the dump");
    }

    /// <summary>A live copy has no counts of its own; the dump's are the nearest, or the base's.</summary>
    private void CountLegacy()
    {
        var summary = dataset.Dump is not null ? content.Dumps.GetValueOrDefault(content.Resolve(dataset.Dump)) : null;
        summary ??= content.Dumps.Values.FirstOrDefault() ?? content.AppendOnly.Values.FirstOrDefault(aof => aof.Preamble is not null)?.Preamble;
        findings.Counts = summary?.Counts;
        foreach (var note in content.Dumps.Values.SelectMany(dump => dump.Notes).Distinct())
            findings.Warn(note);
        if (content.AppendOnly.Values.Sum(aof => aof.Commands) is > 0 and var commands)
            findings.Warn($"it is a live copy: {commands} commands of its append-only files are not in the key counts");
    }

    private void RequireParts()
    {
        var parts = AofManifest.Parse(content.GetText(dataset.AppendManifest!));
        foreach (var file in parts.Loaded)
        {
            var path = dataset.Part(file);
            if (content.Find(path) is null)
                throw Findings.Bad($"{path} is missing", $"{dataset.AppendManifest} names it: redis would not start", Hint());
            if (content.Manifest is not null && !IsDump(path))
                throw Findings.Bad($"{path} is not the dump", "both layouts must be the same dataset");
            RequireWhole(path, parts.MayBeTorn(file.Name));
        }
    }

    /// <summary>Ours is a link to the dump; a tool that unpacked and packed again makes two files of it, equal in content.</summary>
    private bool IsDump(string path) => content.Resolve(path) == dataset.Dump ||
        (content.Find(path)?.Sha256 is { } sha256 && sha256 == content.Find(dataset.Dump!)?.Sha256);

    private void RequireWhole(string path, bool mayBeTorn)
    {
        if (!content.AppendOnly.TryGetValue(content.Resolve(path), out var summary) || summary.TornAt is not { } tornAt)
            return;
        if (!mayBeTorn)
            throw Findings.Bad($"{path} is cut off", $"{summary.TornBytes} bytes from byte {tornAt} on are no whole command, and it is not the last file", Hint());
        findings.TornBytes[path] = summary.TornBytes;
        findings.Warn($"{path} is torn: its last {summary.TornBytes} bytes, from byte {tornAt} on, are no whole command and would be lost");
    }

    private string Hint() => dataset.Dump is not null && content.Dumps.ContainsKey(content.Resolve(dataset.Dump))
        ? $"use another backup; {dataset.Dump} in it is sound and can be restored by hand"
        : "use another backup";
}
