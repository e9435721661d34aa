using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Redis;

/// <summary>A Redis that answers: its facts, and the password it took.</summary>
public sealed class RedisServer(
    RedisEndpoint endpoint, string password, ImmutableDictionary<string, string> info, ImmutableDictionary<string, string> config, long freeBytes,
    string? dumpOwner)
{
    /// <summary>
    /// The password comes as the first line of standard input and reaches redis-cli through its own environment variable, so no
    /// process list shows it, on the server or in the container.
    /// </summary>
    internal const string Login = """
        IFS= read -r secret || :
        if [ -n "$secret" ]; then REDISCLI_AUTH=$secret; export REDISCLI_AUTH; fi
        unset secret

        """;

    private static readonly ImmutableArray<string> Settings =
        ["dir", "dbfilename", "appendonly", "appenddirname", "appendfilename", "save", "rdbcompression", "maxmemory-policy"];

    private const string FactsScript = Login + """
        printf -- '--- ping\n'; redis-cli "$@" PING 2>&1 || exit 0
        printf -- '--- info\n'; redis-cli "$@" INFO
        for s in dir dbfilename appendonly appenddirname appendfilename save rdbcompression maxmemory-policy; do
          printf -- '--- config\n'; redis-cli "$@" CONFIG GET "$s"
        done
        dir=$(redis-cli "$@" CONFIG GET dir | sed -n 2p)
        file=$(redis-cli "$@" CONFIG GET dbfilename | sed -n 2p)
        printf -- '--- disk\n'; df -Pk "${dir:-.}" 2>/dev/null | awk 'END { print $4 }'
        aof=$(redis-cli "$@" CONFIG GET appenddirname | sed -n 2p)
        [ -n "$aof" ] || aof=$(redis-cli "$@" CONFIG GET appendfilename | sed -n 2p)
        printf -- '--- owner\n'; for f in "$dir/$file" "$dir/${aof:-appendonly.aof}" "$dir"; do stat -c '%u %g' "$f" 2>/dev/null && break; done
        exit 0
        """;

    private const string SaveScript = Login + """
        said=$(redis-cli "$@" SAVE 2>&1)
        if [ "$said" != OK ]; then printf '%s\n' "$said" >&2; exit 1; fi
        """;

    public RedisEndpoint Endpoint => endpoint;

    /// <summary>The same in another container, which was made with the same settings.</summary>
    public RedisServer In(DockerCli docker, Container container) => new(
        endpoint with { Route = FileRoute.Inside(docker, container, "/", user: null), Container = container }, password, info, config, freeBytes, dumpOwner)
    {
        DumpGroup = DumpGroup,
    };

    public string Version => info.GetValueOrDefault("redis_version", "unknown");

    /// <summary>From 7 on the append-only file is a directory.</summary>
    public bool HasAppendOnlyDirectory =>
        int.TryParse(Version.Split('.')[0], CultureInfo.InvariantCulture, out var major) && major >= 7;

    /// <summary>Where the server keeps its files, as it sees them itself.</summary>
    public string Directory => config.GetValueOrDefault("dir") is { Length: > 0 } directory ? directory : "/data";

    public string DumpName => Setting("dbfilename", "dump.rdb");

    public string AppendDirectory => Setting("appenddirname", "appendonlydir");

    public string AppendName => Setting("appendfilename", "appendonly.aof");

    /// <summary>Of the server as its own machine, or its container, counts processes; 0 when it does not say.</summary>
    public int ProcessId => (int)Number("process_id");

    /// <summary>As Redis believes; empty when it does not say. One that was found by PATH names a file that is not there.</summary>
    public string Executable => info.GetValueOrDefault("executable", "");

    /// <summary>Absolute; empty for a Redis that was started without one.</summary>
    public string ConfigurationFile => info.GetValueOrDefault("config_file", "");

    /// <summary>Neither appends nor saves by itself: what it knows is gone when it ends.</summary>
    public bool IsInMemory => !IsAppendOnly && string.IsNullOrEmpty(config.GetValueOrDefault("save"));

    public bool IsAppendOnly => config.GetValueOrDefault("appendonly") == "yes";

    /// <summary>Bytes free where the server keeps its files; null when the server could not say.</summary>
    public long? FreeBytes => freeBytes > 0 ? freeBytes : null;

    public long UsedMemory => Number("used_memory");

    /// <summary>The numeric owner of the dump, or of the append-only files or the directory where there is none yet.</summary>
    public string? DumpOwner => dumpOwner;

    /// <summary>The numeric group beside it.</summary>
    public string? DumpGroup { get; private init; }

    /// <summary>As numbers; those of root where the server did not say.</summary>
    public (int User, int Group) OwnerIds =>
        (int.TryParse(DumpOwner, CultureInfo.InvariantCulture, out var user) ? user : 0, int.TryParse(DumpGroup, CultureInfo.InvariantCulture, out var group) ? group : 0);

    public bool LastSaveFailed => info.GetValueOrDefault("rdb_last_bgsave_status") is { } status && status != "ok";

    /// <summary>When its dump was saved last, or it was started; null where it does not say.</summary>
    public DateTimeOffset? LastSavedAt => Number("rdb_last_save_time") is > 0 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>Of the append-only file; false where there is none.</summary>
    public bool LastAppendFailed => info.GetValueOrDefault("aof_last_write_status") is { } status && status != "ok";

    public bool IsLoading => info.GetValueOrDefault("loading") == "1";

    public long Keys => info.Where(pair => pair.Key.StartsWith("db", StringComparison.Ordinal) && pair.Value.StartsWith("keys=", StringComparison.Ordinal))
        .Sum(pair => long.TryParse(pair.Value[5..].Split(',')[0], CultureInfo.InvariantCulture, out var keys) ? keys : 0);

    /// <summary>A field of INFO; empty where this version has none.</summary>
    public string Info(string field) => info.GetValueOrDefault(field, "");

    /// <summary>When it saves by itself, as CONFIG GET tells it; empty for never.</summary>
    public string SavePoints => config.GetValueOrDefault("save", "");

    /// <summary>What a script that begins with <see cref="Login"/> gets as its first line.</summary>
    internal ReadOnlyMemory<byte> Credentials => Encoding.UTF8.GetBytes(password + "\n");

    public static HostCommand FactsCommand(RedisEndpoint endpoint) =>
        endpoint.Route.Run(HostCommand.ReadingScript(FactsScript, [.. endpoint.CliArguments]));

    /// <summary>Returns when the dump is written. <see cref="Credentials"/> come by standard input.</summary>
    public HostCommand SaveCommand => endpoint.Route.Run(HostCommand.ChangingScript(SaveScript, [.. endpoint.CliArguments]));

    /// <exception cref="RelayOpsException">It does not answer, or takes none of the passwords.</exception>
    public static async Task<RedisServer> AskAsync(IHost host, RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        var refusal = "";
        foreach (var password in endpoint.Passwords.Distinct())
        {
            var result = await host.RunAsync(FactsCommand(endpoint), Encoding.UTF8.GetBytes(password + "\n"), cancellationToken);
            var parts = Split(result.Output);
            refusal = parts["ping"].FirstOrDefault() is { Length: > 0 } said ? FirstLine.Of(said) : FirstLine.Of(result.Exit.Error);
            if (parts["info"].FirstOrDefault()?.Contains("redis_version:", StringComparison.Ordinal) == true)
                return Parse(endpoint, password, parts);
        }

        throw refusal.Contains("NOAUTH", StringComparison.Ordinal) || refusal.Contains("WRONGPASS", StringComparison.Ordinal)
            || refusal.Contains("NOPERM", StringComparison.Ordinal)
            ? new RelayOpsException($"{endpoint.Name} refuses us", "neither its own configuration nor .env names a password it takes",
                "put the right REDIS_PASSWORD into the deployment's .env", ExitStatus.WrongUse)
            : new RelayOpsException($"{endpoint.Name} does not answer", refusal,
                "look at its log (docker compose logs redis) and start it again");
    }

    private static RedisServer Parse(RedisEndpoint endpoint, string password, ILookup<string, string> parts)
    {
        var info = parts["info"].First().Split('\n').Select(line => line.TrimEnd('\r').Split(':', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0]).ToImmutableDictionary(pairs => pairs.Key, pairs => pairs.First()[1]);
        var config = parts["config"].Select(text => text.Split('\n')).Where(lines => Settings.Contains(lines[0]))
            .GroupBy(lines => lines[0]).ToImmutableDictionary(group => group.Key, group => group.First().ElementAtOrDefault(1) ?? "");
        var disk = parts["disk"].FirstOrDefault()?.Trim();
        var owner = parts["owner"].FirstOrDefault()?.Trim().Split(' ') is [{ Length: > 0 } user, var group] ? (User: user, Group: group) : default;
        return new RedisServer(endpoint, password, info, config,
            long.TryParse(disk, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : 0,
            owner.User)
        {
            DumpGroup = owner.Group,
        };
    }

    private static ILookup<string, string> Split(string output) =>
        output.Split("--- ", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('\n', 2)).Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1].TrimEnd('\n', '\r'));

    private string Setting(string name, string fallback) => config.GetValueOrDefault(name) is { Length: > 0 } value ? value : fallback;

    /// <summary>A number of INFO; 0 where this version has none.</summary>
    public long Number(string field) =>
        long.TryParse(info.GetValueOrDefault(field), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
