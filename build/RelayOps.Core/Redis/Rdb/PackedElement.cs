using System.Globalization;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>One element of a packed collection: bytes, or a number that stands for its decimal text.</summary>
internal readonly ref struct PackedElement
{
    private readonly ReadOnlySpan<byte> _text;

    public PackedElement(ReadOnlySpan<byte> text) => _text = text;

    public PackedElement(long number) => (Number, IsNumber) = (number, true);

    public bool IsNumber { get; }

    public long Number { get; }

    /// <param name="scratch">Where a number is written out; the span lives there.</param>
    public ReadOnlySpan<byte> Text(Scratch scratch)
    {
        if (!IsNumber)
            return _text;
        var room = scratch.Reserve(20);
        Number.TryFormat(room, out var written, provider: CultureInfo.InvariantCulture);
        return room[..written];
    }
}

/// <summary>Walks a packed collection from its first element to its last, checking every length on the way.</summary>
internal interface IPackedWalker
{
    /// <summary>Elements so far.</summary>
    long Count { get; }

    /// <summary>Null as long as all is well; then what is wrong.</summary>
    string? Flaw { get; }

    /// <summary>False at the end, or at a flaw.</summary>
    bool TryNext(out PackedElement element);
}
