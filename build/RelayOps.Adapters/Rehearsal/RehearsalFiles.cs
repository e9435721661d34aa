using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Adapters.Encryption;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Rehearsal;

/// <summary>The files and keys of a deployment that never served anybody: the shape is the service's, the secrets are random.</summary>
internal sealed class RehearsalFiles(string path)
{
    private const int ApiKeys = 200;

    private readonly string _encryptionKey = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>On loopback; free a moment ago.</summary>
    public int Port { get; } = FreePort();

    public string RedisPassword { get; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    public string DataDirectory => Path.Combine(path, "redis_data");

    /// <summary>Beside the deployment, since only it may hold the password of this Redis.</summary>
    public string RedisConfiguration => path + ".redis.conf";

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "redis_data", "data", "logs" })
            Directory.CreateDirectory(Path.Combine(path, name));
        await WriteAsync("docker-compose.yml", """
            services:
              claude-relay:
                image: weishaw/claude-relay-service:latest
                ports: ["127.0.0.1:${PORT}:3000"]
                volumes: [./logs:/app/logs, ./data:/app/data]
                environment:
                  - PORT=3000
                  - JWT_SECRET=${JWT_SECRET}
                  - ENCRYPTION_KEY=${ENCRYPTION_KEY}
                  - REDIS_HOST=redis
                  - REDIS_PORT=6379
                  - REDIS_PASSWORD=${REDIS_PASSWORD}
                depends_on: [redis]
              redis:
                image: redis:7-alpine
                command: redis-server --appendonly yes --requirepass ${REDIS_PASSWORD}
                volumes: [./redis_data:/data]

            """, cancellationToken);
        await WriteAsync(".env", $"""
            PORT=3000
            JWT_SECRET={RandomNumberGenerator.GetHexString(64, lowercase: true)}
            ENCRYPTION_KEY={_encryptionKey}
            ADMIN_USERNAME=cr_admin
            ADMIN_PASSWORD={RandomNumberGenerator.GetHexString(16, lowercase: true)}
            REDIS_HOST=127.0.0.1
            REDIS_PORT={Port}
            REDIS_PASSWORD={RedisPassword}

            """, cancellationToken);
        await WriteAsync("data/init.json", """{"initializedAt":"2025-01-01T00:00:00.000Z","adminUsername":"cr_admin"}""" + "\n", cancellationToken);
        await WriteAsync("data/model_pricing.json", """{"claude-sonnet":{"input":3,"output":15}}""" + "\n", cancellationToken);
        await WriteAsync("logs/claude-relay.log", string.Concat(Enumerable.Range(1, 5000).Select(line => $"info: request {line} served\n")), cancellationToken);
    }

    /// <param name="directory">As Redis sees its data.</param>
    /// <param name="opensDebug">Whether it has to be told to answer DEBUG.</param>
    public Task WriteRedisConfigurationAsync(string directory, bool opensDebug, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(RedisConfiguration, $"""
            bind 127.0.0.1
            port {Port}
            dir "{directory}"
            appendonly yes
            save ""
            requirepass {RedisPassword}
            {(opensDebug ? "enable-debug-command local" : "")}

            """, cancellationToken);

    /// <summary>The password's line, then commands for <c>redis-cli --pipe</c>.</summary>
    public async Task<ReadOnlyMemory<byte>> DatasetAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder(RedisPassword).Append('\n');
        for (var key = 0; key < ApiKeys; key++)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"cr_{key}{_encryptionKey}")));
            Add(text, "HSET", $"apikey:{key}", "id", $"{key}", "name", $"client {key}", "apiKey", hash, "isActive", "true");
            Add(text, "EXPIRE", $"apikey:{key}", "31536000");
            Add(text, "HSET", "apikey:hash_map", hash, $"{key}");
            for (var day = 1; day <= 5; day++)
                Add(text, "HSET", $"usage:daily:{key}:2025-08-0{day}", "requests", $"{key * day}", "tokens", $"{key * day * 100}");
        }

        var secret = await Task.Run(() => Encrypt($"sk-ant-{RandomNumberGenerator.GetHexString(32)}"), cancellationToken);
        Add(text, "HSET", "claude:account:rehearsal", "name", "rehearsal", "accessToken", secret);
        for (var record = 1; record <= 50; record++)
        {
            Add(text, "RPUSH", $"usage:records:{record % 5}", $$"""{"tokens":{{record * 100}}}""");
            Add(text, "XADD", "billing:events", $"{record}-0", "key", $"{record}");
            Add(text, "SADD", "shared_accounts", $"account-{record}");
            Add(text, "ZADD", "usage:cost:daily", (record * 0.5).ToString(CultureInfo.InvariantCulture), $"{record}");
        }

        Add(text, "SELECT", "1");
        Add(text, "SET", "concurrency:rehearsal", "1");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>As the service stores the secrets of its Claude accounts: AES-256-CBC under scrypt(ENCRYPTION_KEY), <c>ivhex:cipherhex</c>.</summary>
    private string Encrypt(string secret)
    {
        using var aes = Aes.Create();
        aes.Key = new BouncyCastleScrypt().Derive(Encoding.UTF8.GetBytes(_encryptionKey), "salt"u8.ToArray(), ScryptCost.NodeDefault, 32);
        return $"{Convert.ToHexStringLower(aes.IV)}:{Convert.ToHexStringLower(aes.EncryptCbc(Encoding.UTF8.GetBytes(secret), aes.IV))}";
    }

    private static void Add(StringBuilder text, params ReadOnlySpan<string> words)
    {
        text.Append('*').Append(words.Length).Append("\r\n");
        foreach (var word in words)
            text.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task WriteAsync(string name, string content, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(Path.Combine(path, name), content, cancellationToken);
}
