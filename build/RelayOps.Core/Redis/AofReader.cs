using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Redis;

/// <summary>
/// Checks one append-only file: each file of a Redis 7 directory, whether base or increment, or the single <c>appendonly.aof</c> before, with
/// or without an RDB at its head. Commands are skipped, not kept. Redis forgives a torn tail (<c>aof-load-truncated</c>), so it is reported;
/// anything else out of place is damage.
/// </summary>
public static class AofReader
{
    /// <exception cref="RelayOpsException">Something other than a command stands where one must begin, or the RDB at its head is damaged.</exception>
    public static Task<AofSummary> CheckAsync(Stream source, CancellationToken cancellationToken) => CheckAsync(source, visitor: null, cancellationToken);

    /// <param name="source">The file from its beginning; read to its end.</param>
    /// <param name="visitor">Sees the keys of the RDB at its head, never those of commands.</param>
    /// <param name="cancellationToken">Ends the reading at the next block.</param>
    /// <exception cref="RelayOpsException">As above.</exception>
    public static Task<AofSummary> CheckAsync(Stream source, IRdbVisitor? visitor, CancellationToken cancellationToken) =>
        ByteSource.RunAsync(
            () =>
            {
                using var bytes = new ByteSource(source, "append-only file", cancellationToken);
                return Check(bytes, visitor);
            },
            cancellationToken);

    internal static AofSummary Check(ByteSource source, IRdbVisitor? visitor)
    {
        var preamble = source.Peek(5).SequenceEqual("REDIS"u8) ? new RdbParser(source, visitor).Read() : null;
        var commands = new AofCommands(source);
        var isWhole = commands.ReadToEnd();
        var length = source.Offset;
        return new AofSummary
        {
            LengthBytes = length,
            Commands = commands.Count,
            TornAt = isWhole ? null : commands.SafeOffset,
            TornBytes = isWhole ? 0 : length - commands.SafeOffset,
            Preamble = preamble,
        };
    }
}
