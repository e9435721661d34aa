using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Redis;

/// <summary>The keys of one type in one database, and a digest of all their values.</summary>
/// <param name="Sum">Of the keys' own SHA-1 sums by exclusive or: the order in which Redis has them does not matter.</param>
public sealed record TypeDigest(int Database, string Type, long Keys, string Sum);

/// <summary>
/// What a Redis holds for good, so that two can be compared: every key without a time to live, with its value in a form that does not
/// depend on how it is stored. Made inside of Redis by plain reading commands; <c>DEBUG DIGEST</c> is switched off by default.
/// </summary>
public sealed record DatasetDigest(ImmutableArray<TypeDigest> Types)
{
    public long Keys => Types.Sum(type => type.Keys);

    /// <summary>
    /// One page of keys: KEYS none, ARGV the cursor and how many keys. Answers the next cursor, then a type, a count and five numbers of 32
    /// bits for each type seen. A page at a time, so that Redis is never held up for long.
    /// </summary>
    private const string PageScript = """
        local function text(value) return #value .. ':' .. value end
        local function all(list) for i, value in ipairs(list) do list[i] = text(value) end return table.concat(list) end
        local function pairs_of(list)
          local joined = {}
          for i = 1, #list, 2 do table.insert(joined, text(list[i]) .. text(list[i + 1])) end
          table.sort(joined)
          return table.concat(joined)
        end
        local function field(list, name)
          for i = 1, #list, 2 do if list[i] == name then return tostring(list[i + 1]) end end
          return ''
        end
        local read = {
          string = function(key) return redis.call('GET', key) end,
          list = function(key) return all(redis.call('LRANGE', key, 0, -1)) end,
          set = function(key) local list = redis.call('SMEMBERS', key) table.sort(list) return all(list) end,
          zset = function(key) return pairs_of(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')) end,
          hash = function(key) return pairs_of(redis.call('HGETALL', key)) end,
          stream = function(key)
            local parts = {field(redis.call('XINFO', 'STREAM', key), 'last-generated-id')}
            for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
              table.insert(parts, text(entry[1]) .. all(entry[2]))
            end
            for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
              table.insert(parts, text(field(group, 'name')) .. field(group, 'last-delivered-id') .. ' ' .. field(group, 'pending'))
            end
            return table.concat(parts)
          end,
        }
        local answer = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
        local sums = {}
        for _, key in ipairs(answer[2]) do
          local kind = redis.call('TYPE', key).ok
          if kind ~= 'none' and redis.call('PTTL', key) == -1 then
            local value = read[kind] and read[kind](key) or ''
            local sum = sums[kind] or {0, 0, 0, 0, 0, 0}
            local hex = redis.sha1hex(text(key) .. value)
            for word = 1, 5 do sum[word] = bit.bxor(sum[word], tonumber(string.sub(hex, word * 8 - 7, word * 8), 16)) end
            sum[6] = sum[6] + 1
            sums[kind] = sum
          end
        end
        local result = {answer[1]}
        for kind, sum in pairs(sums) do
          local hex = ''
          for word = 1, 5 do hex = hex .. bit.tohex(sum[word]) end
          table.insert(result, kind .. ' ' .. string.format('%.0f', sum[6]) .. ' ' .. hex)
        end
        return result
        """;

    /// <summary>$1 the Lua, $2 keys a page, then redis-cli's arguments. Prints <c>db N</c> before what a database's pages say; a page's first line is its cursor.</summary>
    private const string DigestScript = RedisServer.Login + """
        lua=$1 count=$2
        shift 2
        redis-cli "$@" INFO keyspace | tr -d '\r' | sed -n 's/^db\([0-9]*\):.*/\1/p' | while read -r db; do
          printf 'db %s\n' "$db"
          cursor=0
          while :; do
            page=$(redis-cli "$@" -n "$db" EVAL "$lua" 0 "$cursor" "$count" </dev/null 2>&1)
            printf '%s\n' "$page" | sed 1d
            cursor=$(printf '%s\n' "$page" | sed -n 1p)
            case $cursor in 0) break ;; ''|*[!0-9]*) printf 'refused %s\n' "$cursor"; exit 0 ;; esac
          done
        done
        """;

    public static HostCommand Command(RedisEndpoint endpoint) => endpoint.Route.Run(CommandInside(endpoint));

    /// <summary>The same for where redis-cli is.</summary>
    internal static HostCommand CommandInside(RedisEndpoint endpoint) =>
        HostCommand.ReadingScript(DigestScript, [PageScript, "500", .. endpoint.CliArguments]);

    /// <returns>Null where Redis runs no scripts (a renamed EVAL): then counts are all there is to compare.</returns>
    /// <exception cref="RelayOpsException">Redis did not answer.</exception>
    public static async Task<DatasetDigest?> FindAsync(IHost host, RedisServer redis, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Command(redis.Endpoint), redis.Credentials, cancellationToken);
        return result.Succeeded ? Parse(result.Output) : throw new RelayOpsException(
            $"{redis.Endpoint.Name} does not tell what it holds", FirstLine.Of(result.Exit.Error), "look at its log");
    }

    public static DatasetDigest? Parse(string output)
    {
        var sums = new SortedDictionary<(int Database, string Type), (long Keys, byte[] Sum)>();
        var database = 0;
        foreach (var words in output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split(' ')))
        {
            if (words[0] == "refused")
                return null;
            if (words is ["db", var number])
                database = int.Parse(number, CultureInfo.InvariantCulture);
            else if (words is [var type, var keys, { Length: 40 } sum])
            {
                var had = sums.GetValueOrDefault((database, type), (0, new byte[20]));
                sums[(database, type)] = (had.Keys + long.Parse(keys, CultureInfo.InvariantCulture), Xor(had.Sum, Convert.FromHexString(sum)));
            }
        }

        return new DatasetDigest([.. sums.Select(pair =>
            new TypeDigest(pair.Key.Database, pair.Key.Type, pair.Value.Keys, Convert.ToHexStringLower(pair.Value.Sum)))]);
    }

    /// <summary>The first difference, or null.</summary>
    public string? FindDifference(DatasetDigest other)
    {
        var theirs = other.Types.ToDictionary(type => (type.Database, type.Type));
        foreach (var type in Types)
        {
            if (!theirs.Remove((type.Database, type.Type), out var found))
                return $"database {type.Database} has no {type.Type} any more, {type.Keys} were there";
            if (found != type)
                return found.Keys == type.Keys ? $"database {type.Database} has other contents in its {type.Keys} keys of type {type.Type}"
                    : $"database {type.Database} has {found.Keys} keys of type {type.Type}, {type.Keys} were there";
        }

        return theirs.Keys.FirstOrDefault() is { Type: not null } more ? $"database {more.Database} has keys of type {more.Type}, none were there" : null;
    }

    private static byte[] Xor(byte[] a, byte[] b) => [.. a.Zip(b, (left, right) => (byte)(left ^ right))];

    public bool Equals(DatasetDigest? other) => other is not null && Types.SequenceEqual(other.Types);

    public override int GetHashCode() => Types.Length;
}
