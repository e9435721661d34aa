using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Testing.Redis;

namespace RelayOps.Testing.Deployments;

/// <summary>Writes what a deployment's directory holds before its first start, and what months of service leave in it.</summary>
internal static class DeploymentFiles
{
    public static async Task WriteAsync(string directory, DeploymentOptions options, DeploymentSecrets secrets, int port, CancellationToken cancellationToken)
    {
        foreach (var part in new[] { "redis_data", "data", "logs" })
            Directory.CreateDirectory(Path.Combine(directory, part));
        await WriteAsync(directory, options.ComposeFileName, ComposeFile.Text(options), cancellationToken);
        await WriteAsync(directory, ".env", Environment(options, secrets, port), cancellationToken);
        await WriteAsync(directory, "data/init.json", $$"""
            {
              "initializedAt": "2025-08-01T08:00:00.000Z",
              "adminUsername": "cr_admin_test",
              "adminPassword": "{{secrets.AdminPassword}}",
              "version": "1.0.0"
            }
            """, cancellationToken);
        await WriteAsync(directory, "data/model_pricing.json", ModelPricing(), cancellationToken);
        await WriteLogsAsync(directory, cancellationToken);
        if (options.RedisTls)
            TestCertificates.WriteTo(Path.Combine(directory, "config/tls"), "redis");
    }

    private static string Environment(DeploymentOptions options, DeploymentSecrets secrets, int port)
    {
        var text = new StringBuilder($"""
            # Claude Relay Service
            PORT={port}
            BIND_HOST={options.BindHost}
            NODE_ENV=production

            JWT_SECRET={secrets.JwtSecret}
            ENCRYPTION_KEY={secrets.EncryptionKey}
            ADMIN_USERNAME=cr_admin_test
            ADMIN_PASSWORD={secrets.AdminPassword}

            REDIS_HOST=redis
            REDIS_PORT=6379
            REDIS_PASSWORD={options.RedisPassword}
            REDIS_DB=0
            REDIS_ENABLE_TLS={(options.RedisTls ? "true" : "")}
            LOG_LEVEL=info

            """);
        if (options.ProjectName is not null)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"COMPOSE_PROJECT_NAME={options.ProjectName}\n");
        return text.ToString();
    }

    private static async Task WriteLogsAsync(string directory, CancellationToken cancellationToken)
    {
        for (var day = 1; day <= 3; day++)
        {
            var lines = string.Concat(Enumerable.Range(0, 400).Select(i =>
                $"[2025-08-0{day} 12:{i / 60 % 60:00}:{i % 60:00}] INFO: POST /api/v1/messages - 200 ({i * 7 % 900}ms)\n"));
            await WriteAsync(directory, $"logs/claude-relay-2025-08-0{day}.log", lines, cancellationToken);
            await using var file = File.Create(Path.Combine(directory, $"logs/claude-relay-2025-08-0{day}.log.1.gz"));
            await using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(lines), cancellationToken);
        }

        await WriteAsync(directory, "logs/.claude-relay-audit.json", """{"keep":{"days":false,"amount":5},"auditLog":"/app/logs/.claude-relay-audit.json","files":[]}""", cancellationToken);
    }

    private static string ModelPricing() =>
        $$"""{{{string.Join(",", Enumerable.Range(0, 500).Select(i => $$"""
            "model-{{i}}":{"input_cost_per_token":{{i}}e-07,"output_cost_per_token":{{i}}e-06,"max_tokens":200000}
            """))}}}""";

    private static Task WriteAsync(string directory, string name, string text, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(Path.Combine(directory, name), text, cancellationToken);
}

/// <summary>A deployment's secrets, made up for it.</summary>
public sealed record DeploymentSecrets
{
    public string EncryptionKey { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public string JwtSecret { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public string AdminPassword { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Shows none of them.</summary>
    public override string ToString() => nameof(DeploymentSecrets);
}
