using System.Globalization;

namespace RelayOps.Core.Redis;

/// <summary>
/// How the service's API keys stand in a loaded dataset. It looks a key up as sha256(key + ENCRYPTION_KEY) in <c>apikey:hash_map</c>, which names
/// the record <c>apikey:&lt;id&gt;</c>; the record has the same hash in its field <c>apiKey</c> (the service's src/models/redis.js).
/// </summary>
/// <param name="Entries">Of the map.</param>
/// <param name="Sound">Entries whose record has the entry's hash.</param>
/// <param name="Stale">Entries without a record, as after a record's year of life: the service forgets them when it meets them.</param>
/// <param name="Misled">Entries and records that name one another wrongly: the map is damaged.</param>
/// <param name="Unlisted">Records without an entry; newer services add them at their start.</param>
public sealed record ApiKeyMap(long Entries, long Sound, long Stale, long Misled, long Unlisted)
{
    /// <summary>Counts inside of Redis, so that no hash leaves it. ARGV: the database.</summary>
    public const string Script = """
        redis.call('SELECT', ARGV[1])
        local map = 'apikey:hash_map'
        local function field(key, name)
          local value = redis.pcall('HGET', key, name)
          return type(value) == 'string' and value or nil
        end
        local entries, sound, stale, misled, unlisted = 0, 0, 0, 0, 0
        local cursor = '0'
        repeat
          local page = redis.call('HSCAN', map, cursor, 'COUNT', 1000)
          cursor = page[1]
          for i = 1, #page[2], 2 do
            entries = entries + 1
            local key = 'apikey:' .. page[2][i + 1]
            if redis.call('EXISTS', key) == 0 then stale = stale + 1
            elseif field(key, 'apiKey') == page[2][i] then sound = sound + 1
            else misled = misled + 1 end
          end
        until cursor == '0'
        repeat
          local page = redis.call('SCAN', cursor, 'MATCH', 'apikey:*', 'COUNT', 1000)
          cursor = page[1]
          for _, key in ipairs(page[2]) do
            local id = string.match(key, '^apikey:([^:]+)$')
            local hash = id and key ~= map and field(key, 'isDeleted') ~= 'true' and field(key, 'apiKey')
            if hash and #hash == 64 then
              local target = redis.call('HGET', map, hash)
              if not target then unlisted = unlisted + 1
              elseif target ~= id then misled = misled + 1 end
            end
          end
        until cursor == '0'
        return table.concat({entries, sound, stale, misled, unlisted}, ' ')
        """;

    /// <summary>Null when it is none of the script's answers.</summary>
    public static ApiKeyMap? Find(string answer)
    {
        var words = answer.Split(' ');
        var numbers = words.Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return numbers is [>= 0, >= 0, >= 0, >= 0, >= 0] ? new ApiKeyMap(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]) : null;
    }
}
