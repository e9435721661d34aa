using System.Collections.Immutable;
using System.Text;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>Counts keys by database and prefix, allocating per prefix only.</summary>
internal sealed class KeyCounter
{
    /// <summary>Beyond so many, further prefixes count as <see cref="KeyPrefix.Other"/>: a file that invents prefixes must not fill memory.</summary>
    private const int MostPrefixes = 1000;

    private readonly SortedDictionary<int, Database> _databases = [];
    private Database? _current;

    public void Add(int database, ReadOnlySpan<byte> prefix, bool expires)
    {
        if (_current?.Number != database)
        {
            if (!_databases.TryGetValue(database, out var found))
                _databases.Add(database, found = new Database(database));
            _current = found;
        }

        _current.Add(prefix, expires);
    }

    public DatasetCounts Counts() => new()
    {
        Databases = _databases.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Counts()),
    };

    private sealed class Database(int number)
    {
        private readonly Dictionary<string, Counter> _prefixes = new(Utf8TextComparer.Instance);
        private long _keys;
        private long _expiring;

        public int Number => number;

        public void Add(ReadOnlySpan<byte> prefix, bool expires)
        {
            _keys++;
            if (expires)
                _expiring++;
            var lookup = _prefixes.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (!lookup.TryGetValue(prefix, out var counter))
                counter = Begin(prefix);
            counter.Value++;
        }

        public DatabaseCounts Counts() => new(
            _keys, _expiring, _prefixes.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Value, StringComparer.Ordinal));

        private Counter Begin(ReadOnlySpan<byte> prefix)
        {
            var name = _prefixes.Count < MostPrefixes ? Encoding.ASCII.GetString(prefix) : KeyPrefix.Other;
            if (!_prefixes.TryGetValue(name, out var counter))
                _prefixes.Add(name, counter = new Counter());
            return counter;
        }
    }

    private sealed class Counter
    {
        public long Value { get; set; }
    }
}

/// <summary>Lets ASCII bytes look up a dictionary of strings without becoming one.</summary>
internal sealed class Utf8TextComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    public static readonly Utf8TextComparer Instance = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other);

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.ASCII.GetString(alternate);

    public int GetHashCode(string obj)
    {
        var hash = 5381u;
        foreach (var letter in obj)
            hash = (hash * 33) ^ letter;
        return (int)hash;
    }

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = 5381u;
        foreach (var letter in alternate)
            hash = (hash * 33) ^ letter;
        return (int)hash;
    }
}
