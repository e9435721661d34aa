using System.Text.RegularExpressions;

namespace RelayOps.Adapters.Drills;

/// <summary>What may be shown of a Redis' log.</summary>
internal static partial class RedisLog
{
    private const int KeptLines = 5;

    /// <summary>Names of keys can be session tokens; Redis quotes them.</summary>
    public static string Clean(string line) => Quoted().Replace(line.Trim(), "'…'");

    public static string Last(string file) => !File.Exists(file) ? "it ended before it wrote a log"
        : string.Join(" / ", File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)).TakeLast(KeptLines).Select(Clean));

    [GeneratedRegex("'[^']*'|\"[^\"]*\"")]
    private static partial Regex Quoted();
}
