using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis.Rdb;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Redis;

/// <summary>Counts the keys of a running Redis by database and prefix, inside of it: no key's name leaves it.</summary>
public static class KeyCensus
{
    /// <summary>
    /// The rule of <see cref="KeyPrefix"/> once more, for Redis to run: names that go beyond a first segment come as arguments, the longest first.
    /// </summary>
    private const string CountScript = """
        local rounds, cursor = tonumber(table.remove(ARGV)), table.remove(ARGV)
        local longer = {}
        for _, name in ipairs(ARGV) do
          local first = string.sub(name, 1, string.find(name, ':', 1, true) - 1)
          longer[first] = longer[first] or {}
          table.insert(longer[first], name)
        end
        for _, word in ipairs(KEYS) do longer[word] = longer[word] or {} end
        local function prefix(key)
          local colon = string.find(key, ':', 1, true)
          if not colon then return '(none)' end
          if colon > 33 then return '(other)' end
          local first = string.sub(key, 1, colon - 1)
          local names = longer[first]
          if names then
            for _, name in ipairs(names) do
              local length = string.len(name)
              if string.sub(key, 1, length) == name and (string.len(key) == length or string.sub(key, length + 1, length + 1) == ':') then
                return name
              end
            end
            return first
          end
          if first == '' or string.find(first, '[^a-z0-9_-]') then return '(other)' end
          local _, digits = string.gsub(first, '%d', '')
          if digits > 4 or string.find(first, '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]') then return '(other)' end
          return first
        end
        local counts = {}
        repeat
          local answer = redis.call('SCAN', cursor, 'COUNT', 1000)
          cursor = answer[1]
          for _, key in ipairs(answer[2]) do
            local p = prefix(key)
            counts[p] = (counts[p] or 0) + 1
          end
          rounds = rounds - 1
        until cursor == '0' or rounds == 0
        local result = { '=cursor ' .. cursor }
        for p, n in pairs(counts) do table.insert(result, p .. ' ' .. string.format('%.0f', n)) end
        return result
        """;

    /// <summary>Waits until Redis has loaded its data. $1 the Lua, $2 how many rounds of it before others may be served (0: all), $3 the most seconds to wait, $4 how many words of one segment, $5 how many arguments in all, they, then redis-cli's own. One section for each database.</summary>
    private const string CensusScript = RedisServer.Login + """
        lua=$1 rounds=$2 limit=$(( $(date +%s) + $3 )) words=$4 count=$5
        shift 5
        n=0
        all=
        while [ "$n" -lt "$count" ]; do all="$all $1"; shift; n=$((n + 1)); done
        until redis-cli "$@" INFO persistence 2>&1 | grep -q '^loading:0'; do
          if [ "$(date +%s)" -ge "$limit" ]; then echo 'it has not loaded its data in time' >&2; exit 1; fi
          sleep 0.05
        done
        redis-cli "$@" INFO keyspace | tr -d '\r' | sed -n 's/^db\([0-9]*\):keys=\([0-9]*\),expires=\([0-9]*\).*/\1 \2 \3/p' | while read -r db keys expires; do
          printf -- 'db %s %s %s\n' "$db" "$keys" "$expires"
          cursor=0
          while [ -n "$cursor" ]; do
            part=$(redis-cli "$@" -n "$db" EVAL "$lua" "$words" $all "$cursor" "$rounds" </dev/null 2>&1)
            printf '%s\n' "$part"
            cursor=$(printf '%s\n' "$part" | sed -n 's/^=cursor \([1-9][0-9]*\)$/\1/p')
          done
        done
        """;

    private static readonly TimeSpan LoadPatience = TimeSpan.FromMinutes(10);

    /// <summary>Of 1,000 keys each: some milliseconds, in which nobody else is served.</summary>
    private const int RoundsOfAService = 4;

    /// <param name="inService">Whether others are to be served meanwhile; then a key that moves is perhaps counted twice.</param>
    /// <param name="limit">How long it may load; null for long.</param>
    public static HostCommand Command(RedisEndpoint endpoint, bool inService = false, TimeSpan? limit = null) =>
        endpoint.Route.Run(CommandInside(endpoint, inService, limit));

    /// <summary>The same for where redis-cli is.</summary>
    internal static HostCommand CommandInside(RedisEndpoint endpoint, bool inService, TimeSpan? limit)
    {
        var patience = limit ?? LoadPatience;
        var names = RelayKeyNames.All.Where(name => name.Contains(':')).OrderByDescending(name => name.Length).ToArray();
        var words = RelayKeyNames.All.Select(name => name.Split(':')[0]).Distinct().ToArray();
        return HostCommand.ReadingScript(CensusScript,
            [CountScript, Number(inService ? RoundsOfAService : 0), Number((int)Math.Ceiling(patience.TotalSeconds)), Number(words.Length), Number(words.Length + names.Length), .. words, .. names, .. endpoint.CliArguments]).Waiting(patience);
    }

    /// <exception cref="RelayOpsException">Redis did not answer.</exception>
    public static Task<DatasetCounts> TakeAsync(IHost host, RedisServer redis, CancellationToken cancellationToken) =>
        TakeAsync(host, redis, inService: false, cancellationToken);

    /// <inheritdoc cref="TakeAsync(IHost, RedisServer, CancellationToken)"/>
    public static async Task<DatasetCounts> TakeAsync(IHost host, RedisServer redis, bool inService, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Command(redis.Endpoint, inService), redis.Credentials, cancellationToken);
        return result.Succeeded ? Parse(result.Output) : throw new RelayOpsException(
            $"{redis.Endpoint.Name} does not tell its keys", FirstLine.Of(result.Exit.Error), "look at its log");
    }

    /// <summary>Prefixes that Redis refused to count (a renamed EVAL) are left out: then the keys of each database are all there is.</summary>
    public static DatasetCounts Parse(string output)
    {
        var databases = ImmutableSortedDictionary.CreateBuilder<int, DatabaseCounts>();
        var prefixes = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        (int Number, long Keys, long Expiring)? current = null;
        void Finish()
        {
            if (current is { } database)
                databases[database.Number] = new DatabaseCounts(database.Keys, database.Expiring, prefixes.ToImmutable());
            prefixes.Clear();
        }

        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.TrimEnd('\r').Split(' ');
            if (words is ["db", var number, var keys, var expiring])
            {
                Finish();
                current = (int.Parse(number, CultureInfo.InvariantCulture), Count(keys), Count(expiring));
            }
            else if (words is [var prefix, var many] && prefix != "=cursor" && long.TryParse(many, NumberStyles.None, CultureInfo.InvariantCulture, out var counted))
                prefixes[prefix] = prefixes.GetValueOrDefault(prefix) + counted;
        }

        Finish();
        return new DatasetCounts { Databases = databases.ToImmutable() };
    }

    private static long Count(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
