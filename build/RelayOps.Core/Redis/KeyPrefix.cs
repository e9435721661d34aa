using System.Buffers;
using System.Text;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Redis;

/// <summary>
/// Groups keys as the relay service names them: <c>claude:account:9f…</c> counts under <c>claude:account</c>. Only names that the service's
/// sources spell out go beyond a key's first segment, so that no id, tag, user or session token ever becomes a group.
/// </summary>
public static class KeyPrefix
{
    /// <summary>Keys without a colon.</summary>
    public const string None = "(none)";

    /// <summary>Keys whose first segment is no word, and might be an id.</summary>
    public const string Other = "(other)";

    private const int LongestWord = 32;
    private const int MostDigits = 4;

    private static readonly SearchValues<byte> WordBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-"u8);
    private static readonly SearchValues<byte> HexBytes = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>What goes beyond a first segment, by that segment; the longest first, so that the first that fits is the one.</summary>
    private static readonly Dictionary<string, byte[][]> Longer = ReadNames();

    /// <summary>The prefix of a key; a key with no colon is its own group <c>(none)</c>. Never returns an id or a session token.</summary>
    public static string Of(ReadOnlySpan<byte> key) => Encoding.ASCII.GetString(Slice(key));

    /// <summary>The same without allocating: a part of the key, or one of the names in parentheses.</summary>
    internal static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> key)
    {
        var colon = key.IndexOf((byte)':');
        if (colon < 0)
            return "(none)"u8;
        var first = key[..colon];
        if (colon > LongestWord)
            return "(other)"u8;
        if (!Longer.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(first, out var names))
            return IsWord(first) ? first : "(other)"u8;
        foreach (var name in names)
            if (key.StartsWith(name) && (key.Length == name.Length || key[name.Length] == ':'))
                return key[..name.Length];
        return first;
    }

    private static bool IsWord(ReadOnlySpan<byte> segment)
    {
        if (segment.IsEmpty || segment.ContainsAnyExcept(WordBytes))
            return false;
        var digits = 0;
        foreach (var letter in segment)
            if (letter is >= (byte)'0' and <= (byte)'9')
                digits++;
        return digits <= MostDigits && LongestHexRun(segment) < 8;
    }

    private static int LongestHexRun(ReadOnlySpan<byte> segment)
    {
        var longest = 0;
        while (!segment.IsEmpty)
        {
            var run = segment.IndexOfAnyExcept(HexBytes);
            run = run < 0 ? segment.Length : run;
            longest = Math.Max(longest, run);
            segment = segment[Math.Min(run + 1, segment.Length)..];
        }

        return longest;
    }

    private static Dictionary<string, byte[][]> ReadNames() =>
        RelayKeyNames.All.GroupBy(name => name.Split(':')[0]).ToDictionary(
            names => names.Key,
            names => names.Where(name => name.Contains(':')).OrderByDescending(name => name.Length).Select(Encoding.ASCII.GetBytes).ToArray(),
            Utf8TextComparer.Instance);
}
