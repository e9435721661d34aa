using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Redis;

/// <summary>
/// Reads a Redis dump (RDB, versions 5 to 13: Redis 2.6 to 8.6) from end to end without loading it: every opcode, every encoding with its inner
/// lengths and counts, the CRC64 over all of it. Memory stays below 64 MiB whatever the file claims. Duplicate keys or members are not looked for.
/// </summary>
public static class RdbReader
{
    /// <summary>Reads to the end of the stream, counting what follows the RDB.</summary>
    /// <inheritdoc cref="ReadAsync(Stream, IRdbVisitor?, bool, CancellationToken)"/>
    public static Task<RdbSummary> ReadAsync(Stream source, IRdbVisitor? visitor, CancellationToken cancellationToken) =>
        ReadAsync(source, visitor, toEnd: true, cancellationToken);

    /// <param name="source">Begins with the RDB's magic. Read in blocks of up to 256 KiB, so that it may stand behind the RDB afterwards.</param>
    /// <param name="visitor">Null where only the counts matter.</param>
    /// <param name="toEnd">Whether the stream is read to its end and <see cref="RdbSummary.TrailingBytes"/> is known.</param>
    /// <param name="cancellationToken">Ends the reading at the next block.</param>
    /// <exception cref="RelayOpsException">It is no RDB, too new, or damaged; the message says at which byte and why.</exception>
    public static Task<RdbSummary> ReadAsync(Stream source, IRdbVisitor? visitor, bool toEnd, CancellationToken cancellationToken) =>
        ByteSource.RunAsync(
            () =>
            {
                using var bytes = new ByteSource(source, "RDB", cancellationToken);
                var summary = new RdbParser(bytes, visitor).Read();
                return toEnd ? summary with { TrailingBytes = bytes.SkipToEnd() } : summary;
            },
            cancellationToken);
}
