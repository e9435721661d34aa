using System.Globalization;
using System.Text;

namespace RelayOps.Testing.Datasets;

/// <summary>
/// Keys of every type in every encoding, with binary names and values, lifetimes, consumer groups, in several databases: the same for the same
/// seed. <see cref="CensusScript"/> tells every value apart, whatever its encoding and order in memory.
/// </summary>
public sealed class RandomDataset
{
    /// <summary>
    /// For EVAL in one database, without keys: a line for each key with its name in hex, type, time of expiry and a digest of its value.
    /// Sets and hashes are sorted, since their order means nothing; a stream tells its groups, consumers and pending entries besides its entries.
    /// </summary>
    public const string CensusScript = """
        local function hex(text) return (string.gsub(text, '.', function(c) return string.format('%02x', string.byte(c)) end)) end
        local function flat(value)
          if type(value) ~= 'table' then local text = tostring(value) return #text .. ':' .. text end
          local parts = {}
          for i, item in ipairs(value) do
            local name = value[i - 1]
            if name ~= 'radix-tree-keys' and name ~= 'radix-tree-nodes' then parts[#parts + 1] = flat(item) end
          end
          return '[' .. table.concat(parts) .. ']'
        end
        local read = {
          string = function(key) return flat(redis.call('GET', key)) end,
          list = function(key) return flat(redis.call('LRANGE', key, 0, -1)) end,
          zset = function(key) return flat(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')) end,
          set = function(key) local all = redis.call('SMEMBERS', key) table.sort(all) return flat(all) end,
          hash = function(key)
            local all, pairs = redis.call('HGETALL', key), {}
            for i = 1, #all, 2 do pairs[#pairs + 1] = flat({all[i], all[i + 1]}) end
            table.sort(pairs)
            return flat(pairs)
          end,
          stream = function(key) return flat(redis.call('XRANGE', key, '-', '+')) .. flat(redis.call('XINFO', 'STREAM', key, 'FULL', 'COUNT', 0)) end,
        }
        local lines, cursor = {}, '0'
        repeat
          local answer = redis.call('SCAN', cursor, 'COUNT', 1000)
          cursor = answer[1]
          for _, key in ipairs(answer[2]) do
            local kind = redis.call('TYPE', key).ok
            lines[#lines + 1] = table.concat({hex(key), kind, tostring(redis.call('PEXPIRETIME', key)), redis.sha1hex(read[kind](key))}, ' ')
          end
        until cursor == '0'
        table.sort(lines)
        return lines
        """;

    private readonly Random _random;
    private readonly RespWriter _writer;

    private RandomDataset(int seed, RespWriter writer)
    {
        _random = new Random(seed);
        _writer = writer;
    }

    /// <param name="output">A <c>redis-cli --pipe</c>.</param>
    /// <param name="databases">Numbers of databases; each gets its own data.</param>
    /// <param name="keys">In each of them.</param>
    public static async Task WriteAsync(Stream output, int seed, IEnumerable<int> databases, int keys, CancellationToken cancellationToken)
    {
        var writer = new RespWriter(output);
        foreach (var database in databases)
        {
            var dataset = new RandomDataset(seed + database, writer);
            writer.Write("SELECT", database.ToString(CultureInfo.InvariantCulture));
            for (var i = 0; i < keys; i++)
            {
                dataset.WriteKey(i);
                await writer.FlushAsync(always: false, cancellationToken);
            }
        }

        await writer.FlushAsync(always: true, cancellationToken);
    }

    private void WriteKey(int number)
    {
        byte[] key = [.. Encoding.ASCII.GetBytes($"random{number}:"), .. Bytes(_random.Next(12))];
        switch (number % 6)
        {
            case 0:
                Write("SET", key, Value());
                break;
            case 1:
                Repeat(Size(), () => Write(_random.Next(2) == 0 ? "RPUSH" : "LPUSH", key, Value()));
                break;
            case 2:
                var integers = _random.Next(2) == 0;
                Repeat(Size(), () => Write("SADD", key, integers ? Number() : Value()));
                break;
            case 3:
                Repeat(Size(), () => Write("ZADD", key, Score(), Value()));
                break;
            case 4:
                Repeat(Size(), () => Write("HSET", key, Value(), Value()));
                break;
            default:
                WriteStream(key);
                break;
        }

        if (_random.Next(3) == 0)
            Write("PEXPIREAT", key, Text(4102444800000 + _random.Next()));
    }

    private void WriteStream(byte[] key)
    {
        var entries = Size();
        for (var i = 1; i <= entries; i++)
            Write("XADD", key, Text($"{i}-{_random.Next(9)}"), Value(), Value(), Text("field"), Value());
        Write("XDEL", key, Text("1-0"), Text("1-1"), Text("1-2"), Text("1-3"));
        for (var group = _random.Next(3); group > 0; group--)
        {
            Write("XGROUP", Text("CREATE"), key, Text($"group{group}"), Text(_random.Next(2) == 0 ? "0" : "2"));
            Write("XREADGROUP", Text("GROUP"), Text($"group{group}"), Text("consumer"), Text("COUNT"), Text(1 + _random.Next(20)), Text("STREAMS"), key, Text(">"));
            Write("XACK", key, Text($"group{group}"), Text("3-0"), Text("3-1"), Text("3-2"), Text("3-3"), Text("3-4"));
        }
    }

    /// <summary>Below and above where Redis changes its encoding.</summary>
    private int Size() => _random.Next(4) == 0 ? 200 + _random.Next(600) : 1 + _random.Next(30);

    private byte[] Value() => _random.Next(8) switch
    {
        0 => Number(),
        1 => Bytes(100 + _random.Next(400)),
        2 when _random.Next(40) == 0 => Bytes(50_000),
        3 => [],
        4 => Text("repeated repeated repeated repeated repeated"),
        _ => Bytes(1 + _random.Next(30)),
    };

    private byte[] Number() => Text(_random.Next(3) switch { 0 => _random.Next(256), 1 => _random.Next(), _ => _random.NextInt64() * (_random.Next(2) * 2 - 1) });

    private byte[] Score() => _random.Next(10) switch
    {
        0 => Text("inf"),
        1 => Text("-inf"),
        2 => Text("-0"),
        _ => Encoding.ASCII.GetBytes((_random.NextDouble() * 1e6).ToString("R", CultureInfo.InvariantCulture)),
    };

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private void Write(string command, params ReadOnlySpan<byte[]> words) => _writer.Write([Text(command), .. words]);

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
            action();
    }

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Text(long number) => Text(number.ToString(CultureInfo.InvariantCulture));
}
