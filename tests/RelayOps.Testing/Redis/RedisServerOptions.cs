using System.Collections.Immutable;

namespace RelayOps.Testing.Redis;

/// <summary>What a <see cref="RedisServerProcess"/> shall be like; the defaults are an empty Redis in memory alone.</summary>
public sealed record RedisServerOptions
{
    /// <summary>Lines of redis.conf, e.g. <c>appendonly yes</c>, <c>save 60 1</c>.</summary>
    public ImmutableArray<string> Settings { get; init; } = [];

    public string? Password { get; init; }

    /// <summary>TLS alone on its port, with certificates in <c>tls</c> below its directory.</summary>
    public bool Tls { get; init; }

    /// <summary>The Redis that this one copies.</summary>
    public RedisServerProcess? ReplicaOf { get; init; }

    /// <summary>A directory with data, kept at the end; null is one of its own, deleted at the end.</summary>
    public string? Directory { get; init; }
}
