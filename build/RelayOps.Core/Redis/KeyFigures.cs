using System.Collections.Immutable;
using RelayOps.Core.Encryption;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Redis;

/// <summary>Keys that have a prefix in common.</summary>
/// <param name="Bytes">That they and their values take in the dump.</param>
/// <param name="Expiring">Those with a time to live.</param>
/// <param name="FirstExpiry">The earliest of them, milliseconds since 1970; null where none expires.</param>
/// <param name="LastExpiry">The latest.</param>
public sealed record PrefixFigures(string Prefix, long Keys, long Bytes, long Expiring, long? FirstExpiry, long? LastExpiry);

/// <summary>Sums up keys while a dump is read: by prefix (see <see cref="KeyPrefix"/>) over all databases, and the relay's accounts by kind.</summary>
public sealed class KeyFigures : IRdbVisitor
{
    /// <summary>Beyond so many, further prefixes count as <see cref="KeyPrefix.Other"/>: a file that invents prefixes must not fill memory.</summary>
    private const int MostPrefixes = 1000;

    private readonly Dictionary<string, Sum> _prefixes = new(Utf8TextComparer.Instance);
    private readonly SortedDictionary<string, long> _accounts = new(StringComparer.Ordinal);
    private long? _expiry;

    /// <summary>The largest first.</summary>
    public ImmutableArray<PrefixFigures> Prefixes => [.. _prefixes
        .Select(pair => new PrefixFigures(pair.Key, pair.Value.Keys, pair.Value.Bytes, pair.Value.Expiring, pair.Value.First, pair.Value.Last))
        .OrderByDescending(figures => figures.Bytes).ThenBy(figures => figures.Prefix, StringComparer.Ordinal)];

    /// <summary>Stored accounts by kind, e.g. <c>claude</c>; their secrets are encrypted with ENCRYPTION_KEY.</summary>
    public ImmutableSortedDictionary<string, long> Accounts => _accounts.ToImmutableSortedDictionary(StringComparer.Ordinal);

    void IRdbVisitor.Key(int database, ReadOnlySpan<byte> key, long? expiry) => _expiry = expiry;

    bool IRdbVisitor.Wants(int database, ReadOnlySpan<byte> key) => false;

    void IRdbVisitor.Value(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
    }

    void IRdbVisitor.Field(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
    }

    void IRdbVisitor.End(int database, ReadOnlySpan<byte> key, long bytes, ulong digest)
    {
        var prefix = KeyPrefix.Slice(key);
        if (!_prefixes.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(prefix, out var sum))
            sum = Begin(prefix);
        sum.Keys++;
        sum.Bytes += bytes;
        if (_expiry is { } expiry)
        {
            sum.Expiring++;
            sum.First = Math.Min(sum.First ?? expiry, expiry);
            sum.Last = Math.Max(sum.Last ?? expiry, expiry);
        }

        if (AccountKind.Find(key) is { } kind)
            _accounts[kind.Name] = _accounts.GetValueOrDefault(kind.Name) + 1;
    }

    private Sum Begin(ReadOnlySpan<byte> prefix)
    {
        var name = _prefixes.Count < MostPrefixes ? System.Text.Encoding.ASCII.GetString(prefix) : KeyPrefix.Other;
        if (!_prefixes.TryGetValue(name, out var sum))
            _prefixes.Add(name, sum = new Sum());
        return sum;
    }

    private sealed class Sum
    {
        public long Keys { get; set; }

        public long Bytes { get; set; }

        public long Expiring { get; set; }

        public long? First { get; set; }

        public long? Last { get; set; }
    }
}
