namespace RelayOps.Core.Redis.Rdb;

/// <summary>The key whose value is being read, and who looks on.</summary>
internal sealed class RdbRecord(IRdbVisitor? visitor)
{
    private readonly Scratch _key = new();
    private bool _isKnown;

    public int Database { get; set; }

    /// <summary>Milliseconds since 1970; null for a key that stays.</summary>
    public long? Expiry { get; set; }

    /// <summary>Whether the visitor asked for the value.</summary>
    public bool IsWanted { get; private set; }

    public ReadOnlySpan<byte> Key => _key.Span;

    public ReadOnlySpan<byte> Prefix => _isKnown ? KeyPrefix.Slice(Key) : "(other)"u8;

    /// <param name="key">Copied: it must outlive the reading of its value.</param>
    /// <param name="isWhole">False for a key too long to be handed out.</param>
    public void Begin(ReadOnlySpan<byte> key, bool isWhole)
    {
        _key.Set(key);
        _isKnown = isWhole;
        IsWanted = false;
        if (visitor is null || !_isKnown)
            return;
        visitor.Key(Database, Key, Expiry);
        IsWanted = visitor.Wants(Database, Key);
    }

    /// <summary>Whether the visitor asked for a digest of what is read.</summary>
    public bool IsDigested => _isKnown && visitor is { WantsDigests: true };

    public void End(long bytes, ulong digest)
    {
        if (_isKnown)
            visitor?.End(Database, Key, bytes, digest);
    }

    public void Value(ReadOnlySpan<byte> value) => visitor!.Value(Database, Key, value);

    public void Field(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if (field.Length <= IRdbVisitor.LongestValue && value.Length <= IRdbVisitor.LongestValue)
            visitor!.Field(Database, Key, field, value);
    }
}
