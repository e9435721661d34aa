using System.Collections.Immutable;

namespace RelayOps.Core.Redis;

/// <summary>What an RDB read from end to end was found to hold.</summary>
public sealed record RdbSummary
{
    /// <summary>Of the format: 9 to 11 for Redis 5 to 7.2, 12 for 7.4 and 8.</summary>
    public required int Version { get; init; }

    /// <summary>Of the Redis that wrote it, from its auxiliary field <c>redis-ver</c>; absent before Redis 3.2.</summary>
    public string? RedisVersion { get; init; }

    /// <summary>What Redis would report after loading it, had it not expired anything: keys without a single element are left out, as Redis does.</summary>
    public required DatasetCounts Counts { get; init; }

    /// <summary>From the magic to the checksum, both included.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>False when Redis was told to write none (<c>rdbchecksum no</c>): damage inside values then goes unseen.</summary>
    public required bool HasChecksum { get; init; }

    /// <summary>Bytes behind the checksum, e.g. the 40-byte end mark of <c>redis-cli --rdb</c>; null when nobody asked for them to be counted.</summary>
    public long? TrailingBytes { get; init; }

    /// <summary>Function libraries.</summary>
    public required long Functions { get; init; }

    /// <summary>What a person should know: no checksum, modules that could only be skipped, values too big to look into.</summary>
    public required ImmutableArray<string> Notes { get; init; }
}
