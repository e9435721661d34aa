using RelayOps.Testing.Datasets;
using RelayOps.Testing.Users;

namespace RelayOps.Testing.Deployments;

/// <summary>What a deployment shall be like; the defaults are the stock one.</summary>
public sealed record DeploymentOptions
{
    /// <summary>The name of its directory; blanks and non-ASCII are welcome.</summary>
    public string DirectoryName { get; init; } = "claude-relay-deployment";

    /// <summary>In whose home it lies and who owns its files; null is a directory of root's.</summary>
    public ServerUser? Owner { get; init; }

    /// <summary>Written to <c>.env</c> as COMPOSE_PROJECT_NAME where it shall differ from the directory.</summary>
    public string? ProjectName { get; init; }

    /// <summary>The compose file's <c>version</c>; 2.4 for files of compose v1 times.</summary>
    public string ComposeFileVersion { get; init; } = "3.8";

    /// <summary>Where the service is published. One that moves to the second server is reached there by that server's own address.</summary>
    public string BindHost { get; init; } = "127.0.0.1";

    public string ComposeFileName { get; init; } = "docker-compose.yml";

    public bool AppendOnly { get; init; } = true;

    /// <summary>Given to Redis as well as to <c>.env</c>. The stock compose file does only the latter: <see cref="PasswordInEnvironmentOnly"/>.</summary>
    public string? RedisPassword { get; init; }

    /// <summary><c>.env</c> names a password that Redis does not ask for.</summary>
    public bool PasswordInEnvironmentOnly { get; init; }

    /// <summary>Redis speaks TLS alone, with certificates in <c>config/tls</c>.</summary>
    public bool RedisTls { get; init; }

    public string ServiceImage { get; init; } = "weishaw/claude-relay-service:latest";

    public string RedisImage { get; init; } = "redis:7-alpine";

    /// <summary>More for redis-server's command line, e.g. <c>--rdb-key-save-delay 100</c>.</summary>
    public string RedisArguments { get; init; } = "";

    /// <summary>Puts <c>redis_data</c> on a disk of its own of so many MiB, so that it can be filled.</summary>
    public int? RedisDiskMegabytes { get; init; }

    /// <summary>Sockets, links, sparse files, awkward names: see <see cref="OddFiles"/>.</summary>
    public bool WithOddFiles { get; init; }

    /// <summary>What <see cref="Deployment.UpAsync"/> loads; null for an empty Redis.</summary>
    public DatasetSize? Dataset { get; init; } = DatasetSize.Tiny;
}
