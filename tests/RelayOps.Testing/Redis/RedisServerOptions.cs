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

    /// <summary>For its configuration, and its data unless those have a directory of their own; kept at the end. Null is one that is deleted then.</summary>
    public string? Directory { get; init; }

    /// <summary>For its data alone.</summary>
    public string? DataDirectory { get; init; }
}
