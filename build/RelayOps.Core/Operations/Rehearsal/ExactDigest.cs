using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Rehearsal;

/// <summary>
/// What a dataset is, whatever its encoding: Redis' own digest of every value of every type in every database, and one of each key's time to
/// live, which the first does not hold. Two datasets of one Redis are the same when their texts are.
/// </summary>
internal static class ExactDigest
{
    /// <summary>Times are absolute from Redis 7 on; before, only that there is one is compared.</summary>
    private const string ExpiryLua = """
        local lines = {}
        for number in redis.call('INFO', 'keyspace'):gmatch('db(%d+):') do
          redis.call('SELECT', number)
          local cursor = '0'
          repeat
            local answer = redis.call('SCAN', cursor, 'COUNT', 1000)
            cursor = answer[1]
            for _, key in ipairs(answer[2]) do
              local time = redis.pcall('PEXPIRETIME', key)
              if type(time) ~= 'number' then time = redis.call('PTTL', key) < 0 and -1 or 0 end
              lines[#lines + 1] = number .. ' ' .. key .. ' ' .. string.format('%d', time)
            end
          until cursor == '0'
        end
        table.sort(lines)
        return #lines .. ' ' .. redis.sha1hex(table.concat(lines, '\n'))
        """;

    private const string Script = RedisServer.Login + """
        lua=$1
        shift
        redis-cli "$@" DEBUG DIGEST && redis-cli "$@" EVAL "$lua" 0
        """;

    /// <exception cref="RelayOpsException">Redis did not tell: it must allow DEBUG.</exception>
    public static async Task<string> TakeAsync(IHost host, RedisServer redis, CancellationToken cancellationToken)
    {
        var command = redis.Endpoint.Route.Run(HostCommand.ReadingScript(Script, [ExpiryLua, .. redis.Endpoint.CliArguments]));
        var result = await host.RunAsync(command, redis.Credentials, cancellationToken);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return result.Succeeded && lines is [{ Length: 40 } values, var expiries] && values.All(char.IsAsciiHexDigit) && expiries.Contains(' ', StringComparison.Ordinal)
            ? $"{values} {expiries}"
            : throw new RelayOpsException($"{redis.Endpoint.Name} does not tell its digest", FirstLine.Of(result.Output + result.Exit.Error), "set enable-debug-command local");
    }
}
