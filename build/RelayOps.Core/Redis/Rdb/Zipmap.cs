using System.Buffers.Binary;

namespace RelayOps.Core.Redis.Rdb;

/// <summary>
/// A small hash before Redis 2.6: count (1; 254 and above is unknown), then field and value in turn, each behind its length, and behind
/// a value's length the bytes left free after it; 0xFF ends (redis, src/zipmap.c).
/// </summary>
internal ref struct Zipmap : IPackedWalker
{
    private const byte End = 0xFF;
    private const byte LongLength = 0xFE;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position = 1;

    public Zipmap(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        if (bytes.Length < 2 || bytes[^1] != End)
            Flaw = "a zipmap without an end";
    }

    /// <summary>Fields and values together.</summary>
    public long Count { get; private set; }

    public string? Flaw { get; private set; }

    public bool TryNext(out PackedElement element)
    {
        element = default;
        if (Flaw is not null)
            return false;
        var isValue = (Count & 1) == 1;
        if (_bytes[_position] == End && !isValue)
        {
            Finish();
            return false;
        }

        var rest = _bytes[_position..^1];
        var header = !rest.IsEmpty && rest[0] == LongLength ? 5 : 1;
        var free = isValue ? 1 : 0;
        if (rest.Length < header + free || rest[0] == End)
            return Fail();
        long length = header == 5 ? BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]) : rest[0];
        var unused = isValue ? rest[header] : 0;
        if (length + unused > rest.Length - header - free)
            return Fail();
        element = new PackedElement(rest.Slice(header + free, (int)length));
        _position += header + free + (int)length + unused;
        Count++;
        return true;
    }

    private bool Fail()
    {
        Flaw = "a zipmap entry that reaches beyond its zipmap";
        return false;
    }

    private void Finish()
    {
        if (_position != _bytes.Length - 1)
            Flaw = "a zipmap with bytes behind its end";
        else if (_bytes[0] < LongLength && _bytes[0] != Count / 2)
            Flaw = $"a zipmap of {Count / 2} fields that says it has {_bytes[0]}";
    }
}
