namespace RelayOps.Core.Redis;

/// <summary>Groups keys as the relay service names them: <c>claude:account:9f…</c> counts under <c>claude:account</c>.</summary>
public static class KeyPrefix
{
    /// <summary>The prefix of a key; a key with no colon is its own group <c>(none)</c>. Never returns an id or a session token.</summary>
    public static string Of(ReadOnlySpan<byte> key) => throw new NotSupportedException();
}
