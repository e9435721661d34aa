namespace RelayOps.Core.Redis;

/// <summary>
/// Looks on while an RDB is read, in the order of the file. Spans are valid during the call only. Calls come one after the other, from the
/// reader's thread.
/// </summary>
public interface IRdbVisitor
{
    /// <summary>Values, fields and keys above this many bytes are checked and counted, but never handed out.</summary>
    const int LongestValue = 1 << 20;

    /// <summary>Every key, before its value; expired ones too.</summary>
    /// <param name="database">The database number.</param>
    /// <param name="key">As it is stored, unescaped.</param>
    /// <param name="expiry">Milliseconds since 1970, UTC; null for a key that stays.</param>
    void Key(int database, ReadOnlySpan<byte> key, long? expiry);

    /// <summary>Whether the value of the key just seen is to be handed out: a string, or a hash field by field. Other types never are.</summary>
    bool Wants(int database, ReadOnlySpan<byte> key);

    void Value(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    void Field(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value);

    /// <summary>Whether <see cref="End"/> is to be told a digest, which costs a second look at every byte.</summary>
    bool WantsDigests => false;

    /// <summary>The key just seen has been read, and it has at least one element.</summary>
    /// <param name="database">The database number.</param>
    /// <param name="key">As it is stored, unescaped.</param>
    /// <param name="bytes">That key and value take in the file, as they are encoded there.</param>
    /// <param name="digest">Of the value as it is encoded there; 0 where nobody wants it.</param>
    void End(int database, ReadOnlySpan<byte> key, long bytes, ulong digest)
    {
    }
}
