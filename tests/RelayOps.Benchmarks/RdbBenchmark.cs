using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using RelayOps.Core.Redis;

namespace RelayOps.Benchmarks;

/// <summary>How fast a dump is read and proven, against merely reading and hashing the same file. Prints a Markdown table.</summary>
internal static class RdbBenchmark
{
    private const int Runs = 5;

    /// <summary>Groups and sizes as on a relay that is in use: mostly small hashes with a time to live, lists of JSON records, session tokens.</summary>
    private const string Populate = """
        for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
          local id = string.format('%08x-%04x-4%03x-%012x', i * 2654435761 % 4294967296, i % 65536, i % 4096, i * 7919)
          redis.call('HSET', 'apikey:' .. id, 'id', id, 'name', 'key ' .. i, 'apiKey', redis.sha1hex(id), 'tokenLimit', i, 'isActive', 'true')
          for day = 1, 8 do
            local key = string.format('usage:daily:%s:2025-08-%02d', id, day)
            redis.call('HSET', key, 'tokens', i * day, 'inputTokens', i, 'outputTokens', day, 'requests', i % 97, 'cost', '0.' .. i)
            redis.call('EXPIRE', key, 2764800)
          end
          redis.call('SET', 'session:' .. redis.sha1hex('s' .. i), '{"username":"admin","loginTime":"2025-08-05T14:25:30.000Z","n":' .. i .. '}', 'EX', 86400)
          for n = 1, 6 do
            redis.call('RPUSH', 'usage:records:' .. id, '{"timestamp":"2025-08-05T14:25:30.' .. (n * i % 1000) .. 'Z","model":"claude-sonnet-4","inputTokens":'
              .. (i * n % 20011) .. ',"cost":0.0' .. (i * n % 99991) .. ',"id":"' .. redis.sha1hex(id .. n) .. '"}')
          end
        end
        """;

    /// <param name="args"><c>--file PATH</c>: an RDB to read; else <c>--keys N</c> (400,000): how many to make with redis-server.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("relayops-rdb-");
        try
        {
            var path = Option(args, "--file") ?? await MakeAsync(directory.FullName, int.Parse(Option(args, "--keys") ?? "400000", CultureInfo.InvariantCulture));
            await MeasureAsync(path);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(string path)
    {
        var megabytes = new FileInfo(path).Length / 1e6;
        Console.WriteLine($"RDB of {megabytes:0} MB, best and median of {Runs} runs, file in cache\n");
        Console.WriteLine("| what | best MB/s | median MB/s | peak memory MiB |\n|---|---|---|---|");
        await MeasureAsync("read", path, megabytes, stream => stream.CopyToAsync(Stream.Null, 1 << 18, CancellationToken.None));
        await MeasureAsync("read + SHA-256", path, megabytes, async stream => await SHA256.HashDataAsync(stream, CancellationToken.None));
        await MeasureAsync("RdbReader (every encoding, CRC64, counts)", path, megabytes, stream => RdbReader.ReadAsync(stream, visitor: null, CancellationToken.None));
    }

    private static async Task MeasureAsync(string name, string path, double megabytes, Func<Stream, Task> read)
    {
        var rates = new List<double>();
        for (var run = 0; run <= Runs; run++)
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            var watch = Stopwatch.StartNew();
            await read(stream);
            if (run > 0)
                rates.Add(megabytes / watch.Elapsed.TotalSeconds);
        }

        rates.Sort();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"| {name} | {rates[^1]:0} | {rates[Runs / 2]:0} | {process.PeakWorkingSet64 >> 20} |");
    }

    private static async Task<string> MakeAsync(string directory, int keys)
    {
        const int PerCall = 2000;
        var socket = Path.Combine(directory, "s");
        using var server = Start("redis-server", "--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "", "--loglevel", "warning");
        try
        {
            await CallAsync(socket, "PING");
            for (var first = 1; first <= keys / 10; first += PerCall)
                await CallAsync(socket, "EVAL", Populate, "0", $"{first}", $"{Math.Min(first + PerCall - 1, keys / 10)}");
            await CallAsync(socket, "SAVE");
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        return Path.Combine(directory, "dump.rdb");
    }

    /// <summary>redis-cli tries again by itself only for a server that is there, so the first call does until it answers.</summary>
    private static async Task CallAsync(string socket, params string[] command)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            using var client = Start("redis-cli", ["-e", "-s", socket, .. command]);
            await client.WaitForExitAsync();
            if (client.ExitCode == 0)
                return;
            if (command is not ["PING"] || patience.Elapsed > TimeSpan.FromSeconds(10))
                throw new InvalidOperationException($"redis-cli {command[0]} ended with {client.ExitCode}");
        }
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
        ?? throw new InvalidOperationException($"{program} did not start");

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
