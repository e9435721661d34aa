using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Backups;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Verification;

namespace RelayOps.Adapters.Drills;

/// <summary>The two containers of a drill.</summary>
internal sealed class DrilledService(DrillDocker docker, string redis, string app, ServiceRecipe recipe) : IDrilledService
{
    /// <summary>Inside the container, which alone reaches the service, with whatever client its image has. $1 the key.</summary>
    private const string StatusScript = """
        url="http://127.0.0.1:${PORT:-3000}/api/v1/models"
        if command -v node >/dev/null 2>&1; then
          node -e 'fetch(process.argv[1],{headers:{"x-api-key":process.argv[2]}}).then(r=>console.log(r.status),()=>{})' "$url" "$1"
        elif command -v wget >/dev/null 2>&1; then
          wget -S -O /dev/null --header "x-api-key: $1" "$url" 2>&1 | sed -n 's/.*HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' | tail -n 1
        else
          curl -s -o /dev/null -w '%{http_code}' -H "x-api-key: $1" "$url"
        fi
        """;

    /// <summary>ARGV: the database, the hash. KEYS of a cluster are none of ours.</summary>
    private const string PlantScript = """
        if redis.replicate_commands then pcall(redis.replicate_commands) end
        redis.call('SELECT', ARGV[1])
        local map, cursor = 'apikey:hash_map', '0'
        repeat
          local page = redis.call('HSCAN', map, cursor, 'COUNT', 1000)
          cursor = page[1]
          for i = 1, #page[2], 2 do
            local r = redis.call('HMGET', 'apikey:' .. page[2][i + 1], 'apiKey', 'isActive', 'isDeleted', 'expiresAt', 'userId', 'expirationMode')
            if r[1] == page[2][i] and r[2] == 'true' and r[3] ~= 'true' and (not r[4] or r[4] == '') and (not r[5] or r[5] == '') and r[6] ~= 'activation' then
              redis.call('HSET', map, ARGV[2], page[2][i + 1])
              return 1
            end
          end
        until cursor == '0'
        return 0
        """;

    public required ImmutableArray<DrilledImage> Images { get; init; }

    public required (double Redis, double Service) Seconds { get; init; }

    public async Task<int?> FindStatusAsync(string apiKey, CancellationToken cancellationToken)
    {
        // The key is nobody's: it may stand in a process list.
        var asked = await docker.Host.RunAsync(docker.Cli.Exec(app, user: null, HostCommand.ReadingScript(StatusScript, apiKey)), cancellationToken);
        return int.TryParse(asked.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null;
    }

    public async Task<bool> PlantAsync(string hash, CancellationToken cancellationToken)
    {
        var database = recipe.Environment.GetValueOrDefault("REDIS_DB") is { Length: > 0 } number ? number : "0";
        var planted = await docker.Host.RunAsync(docker.Cli.Exec(redis, user: null,
            HostCommand.Changing("redis-cli", "-p", "6379", "EVAL", PlantScript, "0", database, hash)), cancellationToken);
        return planted.Output.Trim() == "1";
    }

    public async ValueTask DisposeAsync() => await docker.RemoveAsync([app, redis]);
}
