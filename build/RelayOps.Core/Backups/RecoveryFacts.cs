namespace RelayOps.Core.Backups;

/// <summary>What <c>RECOVERY.md</c> must know of its archive.</summary>
public sealed record RecoveryFacts
{
    public required BackupId Id { get; init; }

    /// <summary>The archive's file name, e.g. <c>claude-relay-backup-20250805_142530.tar.gz</c>.</summary>
    public required string Archive { get; init; }

    public required SourceServer Server { get; init; }

    public required string RedisVersion { get; init; }

    public required long Keys { get; init; }

    /// <summary>The owner of Redis' files on the server.</summary>
    public required int RedisUserId { get; init; }

    public required int RedisGroupId { get; init; }

    /// <summary>Its compose service; null for a Redis that runs on the server itself.</summary>
    public required string? RedisService { get; init; }

    /// <summary>Port, socket and TLS for redis-cli; never the password.</summary>
    public IReadOnlyList<string> RedisArguments { get; init; } = [];

    /// <summary>The compose service that answers <c>/health</c>.</summary>
    public required string Service { get; init; }
}
