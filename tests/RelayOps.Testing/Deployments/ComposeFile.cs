namespace RelayOps.Testing.Deployments;

/// <summary>The compose file that the service ships, cut down to what its two services need.</summary>
internal static class ComposeFile
{
    public static string Text(DeploymentOptions options) => $$"""
        version: '{{options.ComposeFileVersion}}'

        services:
          claude-relay:
            build: .
            image: {{options.ServiceImage}}
            restart: unless-stopped
            ports:
              - "${BIND_HOST:-0.0.0.0}:${PORT:-3000}:3000"
            volumes:
              - ./logs:/app/logs
              - ./data:/app/data
            environment:
              - NODE_ENV=production
              - PORT=3000
              - HOST=0.0.0.0
              - JWT_SECRET=${JWT_SECRET}  # required
              - ENCRYPTION_KEY=${ENCRYPTION_KEY}
              - ADMIN_USERNAME=${ADMIN_USERNAME:-}
              - ADMIN_PASSWORD=${ADMIN_PASSWORD:-}
              - REDIS_HOST=redis
              - REDIS_PORT=6379
              - REDIS_PASSWORD={{(options.PasswordInEnvironmentOnly ? "" : "${REDIS_PASSWORD:-}")}}
              - REDIS_DB=${REDIS_DB:-0}
              - REDIS_ENABLE_TLS=${REDIS_ENABLE_TLS:-}
              - LOG_LEVEL=${LOG_LEVEL:-info}
              - TIMEZONE_OFFSET=${TIMEZONE_OFFSET:-8}
            depends_on:
              - redis
            networks:
              - claude-relay-network
            healthcheck:
              test: ["CMD", "curl", "-f", "http://localhost:3000/health"]
              interval: 30s
              timeout: 10s
              retries: 3

          redis:
            image: {{options.RedisImage}}
            restart: unless-stopped
            expose:
              - "6379"
            volumes:
              - ./redis_data:/data{{(options.RedisTls ? "\n      - ./config/tls:/tls:ro" : "")}}
            command: {{RedisCommand(options)}}
            networks:
              - claude-relay-network
            healthcheck:
              test: ["CMD", "redis-cli", "ping"]
              interval: 30s
              timeout: 10s
              retries: 3

        networks:
          claude-relay-network:
            driver: bridge

        """;

    private static string RedisCommand(DeploymentOptions options)
    {
        var command = $"redis-server --save 60 1 --appendonly {(options.AppendOnly ? "yes" : "no")} --appendfsync everysec";
        if (options.RedisPassword is not null && !options.PasswordInEnvironmentOnly)
            command += " --requirepass \"${REDIS_PASSWORD}\"";
        if (options.RedisTls)
            command += " --port 0 --tls-port 6379 --tls-cert-file /tls/redis.crt --tls-key-file /tls/redis.key --tls-ca-cert-file /tls/ca.crt --tls-auth-clients no";
        return $"{command} {options.RedisArguments}".TrimEnd();
    }
}
