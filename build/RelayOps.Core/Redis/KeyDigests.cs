using System.Collections.Immutable;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Redis;

/// <summary>How many keys of a prefix came, went, or have another value.</summary>
public sealed record KeyDifference(string Prefix, long Added, long Removed, long Changed);

/// <summary>
/// A digest of every key's value, so that two dumps can be compared without keeping either. Strings and hashes are compared by content,
/// whatever their encoding; other types as they are encoded, so that a set whose members merely moved counts as changed. When a key
/// expires does not count.
/// </summary>
public sealed class KeyDigests : IRdbVisitor
{
    /// <summary>About 50 MB; a dump with more is not compared key by key.</summary>
    public const int MostKeys = 1_000_000;

    private readonly Dictionary<ulong, (ulong Digest, int Prefix)> _keys = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _prefixes = new(Utf8TextComparer.Instance);
    private ulong? _content;

    /// <summary>There were more keys than are kept.</summary>
    public bool IsIncomplete { get; private set; }

    bool IRdbVisitor.WantsDigests => !IsIncomplete;

    /// <summary>By prefix, in ordinal order; prefixes without a difference are left out. Null where either has too many keys.</summary>
    public static ImmutableArray<KeyDifference>? Between(KeyDigests before, KeyDigests after)
    {
        if (before.IsIncomplete || after.IsIncomplete)
            return null;
        var differences = new SortedDictionary<string, KeyDifference>(StringComparer.Ordinal);
        void Note(string prefix, Func<KeyDifference, KeyDifference> change) =>
            differences[prefix] = change(differences.GetValueOrDefault(prefix) ?? new KeyDifference(prefix, 0, 0, 0));

        foreach (var (key, (digest, prefix)) in after._keys)
        {
            if (!before._keys.TryGetValue(key, out var former))
                Note(after._names[prefix], one => one with { Added = one.Added + 1 });
            else if (former.Digest != digest)
                Note(after._names[prefix], one => one with { Changed = one.Changed + 1 });
        }

        foreach (var (key, (_, prefix)) in before._keys)
            if (!after._keys.ContainsKey(key))
                Note(before._names[prefix], one => one with { Removed = one.Removed + 1 });
        return [.. differences.Values];
    }

    void IRdbVisitor.Key(int database, ReadOnlySpan<byte> key, long? expiry) => _content = null;

    bool IRdbVisitor.Wants(int database, ReadOnlySpan<byte> key) => !IsIncomplete;

    void IRdbVisitor.Value(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _content = Mix(Crc64.Append(1, value));

    /// <summary>A sum, since the order of a hash's fields means nothing.</summary>
    void IRdbVisitor.Field(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value) =>
        _content = (_content ?? 0) + Mix(Crc64.Append(Mix(Crc64.Append(2, field)), value));

    void IRdbVisitor.End(int database, ReadOnlySpan<byte> key, long bytes, ulong digest)
    {
        if (IsIncomplete)
            return;
        if (_keys.Count >= MostKeys)
        {
            IsIncomplete = true;
            _keys.Clear();
            return;
        }

        _keys[Mix(Crc64.Append((ulong)database + 1, key))] = (_content ?? Mix(digest), Prefix(KeyPrefix.Slice(key)));
    }

    private int Prefix(ReadOnlySpan<byte> prefix)
    {
        if (_prefixes.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(prefix, out var known))
            return known;
        var name = System.Text.Encoding.ASCII.GetString(prefix);
        _names.Add(name);
        return _prefixes[name] = _names.Count - 1;
    }

    /// <summary>A checksum is linear: without this, sums of them would cancel out. (The finaliser of SplitMix64.)</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

/// <summary>Two who look on at once.</summary>
internal sealed class BothVisitors(IRdbVisitor first, IRdbVisitor second) : IRdbVisitor
{
    private bool _firstWants;
    private bool _secondWants;

    public bool WantsDigests => first.WantsDigests || second.WantsDigests;

    public void Key(int database, ReadOnlySpan<byte> key, long? expiry)
    {
        first.Key(database, key, expiry);
        second.Key(database, key, expiry);
    }

    public bool Wants(int database, ReadOnlySpan<byte> key)
    {
        _firstWants = first.Wants(database, key);
        _secondWants = second.Wants(database, key);
        return _firstWants || _secondWants;
    }

    public void Value(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_firstWants)
            first.Value(database, key, value);
        if (_secondWants)
            second.Value(database, key, value);
    }

    public void Field(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if (_firstWants)
            first.Field(database, key, field, value);
        if (_secondWants)
            second.Field(database, key, field, value);
    }

    public void End(int database, ReadOnlySpan<byte> key, long bytes, ulong digest)
    {
        first.End(database, key, bytes, digest);
        second.End(database, key, bytes, digest);
    }
}
