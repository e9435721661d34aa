namespace RelayOps.Core.Redis.Rdb;

/// <summary>A buffer that grows as bytes arrive, never because a length claims that they will, and is used again.</summary>
internal sealed class Scratch
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> bytes, int expected)
    {
        if (_bytes.Length < Length + bytes.Length)
            Array.Resize(ref _bytes, Math.Max(Length + bytes.Length, Math.Min(expected, _bytes.Length * 2)));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Set(ReadOnlySpan<byte> bytes)
    {
        Clear();
        Append(bytes, bytes.Length);
    }

    /// <summary>Room for exactly so many bytes; what was there is gone.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_bytes.Length < length)
            _bytes = GC.AllocateUninitializedArray<byte>(length);
        Length = length;
        return _bytes.AsSpan(0, length);
    }
}
