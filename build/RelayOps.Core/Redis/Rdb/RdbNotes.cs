using System.Collections.Immutable;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>What a person should know, each once, and not more than anybody reads.</summary>
internal sealed class RdbNotes
{
    private const int Most = 20;

    private readonly List<string> _notes = [];
    private long _emptyKeys;

    public void Add(string note)
    {
        if (_notes.Count < Most && !_notes.Contains(note))
            _notes.Add(note);
    }

    /// <summary>Redis drops a key without elements when it loads it; an old defect left such keys behind.</summary>
    public void AddEmptyKey() => _emptyKeys++;

    public ImmutableArray<string> ToImmutable() =>
        _emptyKeys == 0 ? [.. _notes] : [.. _notes, $"{_emptyKeys} keys have no element: redis drops them when it loads, so they are not counted"];
}
