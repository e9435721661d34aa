using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Running;

/// <summary>A deployment whose Redis runs on the server itself: up in a moment, for scenarios that need no docker.</summary>
public sealed class NativeDeployment : IAsyncDisposable
{
    public const string EncryptionKey = "0123456789abcdef0123456789abcdef";

    private readonly TestDirectory _directory;
    private bool _isStopped;

    private NativeDeployment(TestDirectory directory, RedisServerProcess redis, string name)
    {
        _directory = directory;
        Redis = redis;
        Path = directory.File(name);
        Store = directory.File("store");
    }

    public string Path { get; }

    /// <summary>For <c>--backup-directory</c>; RelayOps makes it.</summary>
    public string Store { get; }

    public RedisServerProcess Redis { get; }

    public IEnumerable<string> Archives => Directory.Exists(Store) ? Directory.GetFiles(Store, "claude-relay-backup-*.tar.*").Where(file => !file.EndsWith(".drill.json", StringComparison.Ordinal)).Order() : [];

    /// <summary>What an operator types to reach it on this machine.</summary>
    public string[] Here => ["--server", "local", "--deployment-path", Path, "--backup-directory", Store, "--report", _directory.File("report.json")];

    /// <summary>The same through an sshd.</summary>
    public string[] Over(ThrowawaySshd sshd, CountingRelay? relay = null)
    {
        var port = relay?.Port ?? sshd.Port;
        var hosts = _directory.File($"known_hosts.{port}");
        File.WriteAllText(hosts, sshd.KnownHostsAt(port));
        return ["--server", $"{Environment.UserName}@127.0.0.1:{port}", "--ssh-key", sshd.KeyFile, "--known-hosts", hosts, .. Here[2..]];
    }

    public static async Task<NativeDeployment> StartAsync(
        RedisServerOptions options, CancellationToken cancellationToken, string name = "claude-relay-deployment")
    {
        var directory = TestDirectory.Create("relayops-native-");
        var path = directory.File(name);
        foreach (var part in new[] { "redis_data", "data", "logs" })
            Directory.CreateDirectory(System.IO.Path.Combine(path, part));
        var home = Directory.CreateDirectory(directory.File("redis")).FullName;
        var redis = await RedisServerProcess.StartAsync(
            options with { Directory = home, DataDirectory = System.IO.Path.Combine(path, "redis_data") }, cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(path, "docker-compose.yml"), """
            services:
              claude-relay:
                image: weishaw/claude-relay-service:latest
              redis:
                image: redis:7-alpine

            """, cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(path, ".env"), $"""
            JWT_SECRET=fedcba9876543210fedcba9876543210
            ENCRYPTION_KEY={EncryptionKey}
            ADMIN_USERNAME=cr_admin
            ADMIN_PASSWORD=admin password
            REDIS_HOST=127.0.0.1
            REDIS_PORT={redis.Port}
            REDIS_PASSWORD={options.Password}

            """, cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(path, "data", "init.json"), """{"adminUsername":"cr_admin"}""", cancellationToken);
        await File.WriteAllTextAsync(System.IO.Path.Combine(path, "logs", "claude-relay.log"), "info: started\n", cancellationToken);
        return new NativeDeployment(directory, redis, name);
    }

    /// <summary>Sets that many keys of that size, which no codec makes much smaller.</summary>
    public Task FillAsync(int keys, int bytes, CancellationToken cancellationToken) => Redis.Cli.RunAsync(
        ["EVAL", """
            for i = 1, tonumber(ARGV[1]) do
              local parts = {}
              for part = 1, math.ceil(ARGV[2] / 40) do parts[part] = redis.sha1hex(i .. ':' .. part) end
              redis.call('SET', 'usage:' .. i, table.concat(parts))
            end
            """, "0", $"{keys}", $"{bytes}"], cancellationToken);

    public async Task StopRedisAsync()
    {
        _isStopped = true;
        await Redis.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
            await Redis.DisposeAsync();
        _directory.Dispose();
    }
}
