using RelayOps.Core.Backups;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Where in an archive the Redis dataset is, in which of its layouts.</summary>
/// <param name="Dump"><c>redis_data/dump.rdb</c>, or null.</param>
/// <param name="AppendOnlyFile">Redis 6 and before: <c>redis_data/appendonly.aof</c>, or null.</param>
/// <param name="AppendManifest">Redis 7 and later: the path of <c>appendonly.aof.manifest</c>, or null.</param>
internal sealed record Dataset(string? Dump, string? AppendOnlyFile, string? AppendManifest)
{
    private const string RedisData = "redis_data/";

    public bool IsMissing => Dump is null && AppendOnlyFile is null && AppendManifest is null;

    /// <summary>The append-only directory below <c>redis_data</c>.</summary>
    public string? AppendDirectory => AppendManifest is null ? null : AppendManifest[RedisData.Length..AppendManifest.LastIndexOf('/')];

    public string? AppendFileName => AppendManifest is not null
        ? AppendManifest[(AppendManifest.LastIndexOf('/') + 1)..^".manifest".Length]
        : AppendOnlyFile?[RedisData.Length..];

    public static Dataset Find(BackupContent content)
    {
        string? FindFile(Func<string, bool> matches) => content.Entries
            .Where(entry => entry.Kind is EntryKind.File or EntryKind.HardLink && entry.Path.StartsWith(RedisData, StringComparison.Ordinal))
            .Select(entry => entry.Path).FirstOrDefault(path => matches(path[RedisData.Length..]));
        return new Dataset(
            FindFile(name => name == "dump.rdb"),
            FindFile(name => !name.Contains('/', StringComparison.Ordinal) && name.EndsWith(".aof", StringComparison.Ordinal)),
            FindFile(name => name.Count(c => c == '/') == 1 && name.EndsWith(".manifest", StringComparison.Ordinal)));
    }

    /// <summary>A file of the append-only directory.</summary>
    public string Part(AofFile file) => $"{RedisData}{AppendDirectory}/{file.Name}";
}
