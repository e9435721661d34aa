using System.Collections.Immutable;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Redis;

/// <summary>Where the deployment's Redis is and how <c>redis-cli</c> reaches it: inside its container, or on the server itself.</summary>
public sealed record RedisEndpoint
{
    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>How commands get to where redis-cli is; its root is not used.</summary>
    public required FileRoute Route { get; init; }

    /// <summary>Null for a Redis that runs on the server itself.</summary>
    public Container? Container { get; init; }

    /// <summary>Port, socket and TLS for redis-cli; never the password.</summary>
    public required ImmutableArray<string> CliArguments { get; init; }

    /// <summary>Passwords worth trying, best first; the empty one is no password.</summary>
    public required ImmutableArray<string> Passwords { get; init; }

    public bool Equals(RedisEndpoint? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Says nothing of passwords.</summary>
    public override string ToString() => Name;

    public static RedisEndpoint Inside(DockerCli docker, Container container, RedisSettings settings, ImmutableArray<string> passwords) => new()
    {
        Name = $"redis in '{container.Service ?? container.Name}'",
        Route = FileRoute.Inside(docker, container, "/", user: null),
        Container = container,
        CliArguments = settings.CliArguments(host: null),
        Passwords = passwords,
    };

    public static RedisEndpoint OnServer(string host, RedisSettings settings, ImmutableArray<string> passwords) => new()
    {
        Name = "redis on the server",
        Route = FileRoute.Direct("/"),
        CliArguments = settings.CliArguments(host),
        Passwords = passwords,
    };
}

/// <summary>What a Redis was started with, as far as a client needs it: from its command line and its configuration file.</summary>
public sealed record RedisSettings(ImmutableDictionary<string, string> Values)
{
    public static readonly RedisSettings Default = new(ImmutableDictionary<string, string>.Empty);

    public string? Password => Values.GetValueOrDefault("requirepass") is { Length: > 0 } password ? password : null;

    /// <summary>The configuration file named on the command line, as the container sees it.</summary>
    public static string? FindConfigurationFile(Container container) =>
        container.CommandLine.FirstOrDefault(word => word.EndsWith(".conf", StringComparison.Ordinal));

    /// <summary>Settings of the command line win over those of the file, as in Redis.</summary>
    public static RedisSettings Parse(IReadOnlyList<string> commandLine, string? configurationFile)
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in (configurationFile ?? "").Split('\n'))
        {
            var words = Words(line);
            if (words.Count >= 2 && !words[0].StartsWith('#'))
                values[words[0]] = words[1];
        }

        // `sh -c "redis-server --requirepass x"` is one word of many.
        var flat = commandLine.SelectMany(word => word.Contains("redis-server ", StringComparison.Ordinal) ? Words(word) : [word]).ToList();
        for (var i = 0; i < flat.Count - 1; i++)
            if (flat[i].StartsWith("--", StringComparison.Ordinal) && !flat[i + 1].StartsWith("--", StringComparison.Ordinal))
                values[flat[i][2..]] = flat[i + 1];
        return new RedisSettings(values.ToImmutable());
    }

    /// <param name="host">Null for where redis-cli runs.</param>
    public ImmutableArray<string> CliArguments(string? host)
    {
        var port = Values.GetValueOrDefault("port", "6379");
        var tlsPort = Values.GetValueOrDefault("tls-port", "0");
        if (port != "0")
            return [.. host is null ? Array.Empty<string>() : ["-h", host], "-p", port];
        if (tlsPort == "0" && Values.GetValueOrDefault("unixsocket") is { } socket)
            return ["-s", socket];
        return [.. host is null ? Array.Empty<string>() : ["-h", host], "-p", tlsPort, "--tls", .. Option("--cacert", "tls-ca-cert-file"),
            .. Option("--cacertdir", "tls-ca-cert-dir"), .. Option("--cert", "tls-cert-file"), .. Option("--key", "tls-key-file")];
    }

    private ImmutableArray<string> Option(string option, string setting) =>
        Values.GetValueOrDefault(setting) is { Length: > 0 } value ? [option, value] : [];

    /// <summary>Words as redis.conf and a shell agree on them: blanks between, single or double quotes around.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        for (var i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }

            var quote = line[i] is '"' or '\'' ? line[i] : ' ';
            var start = quote == ' ' ? i : i + 1;
            var end = start;
            while (end < line.Length && (quote == ' ' ? !char.IsWhiteSpace(line[end]) : line[end] != quote))
                end++;
            words.Add(line[start..end]);
            i = end + 1;
        }

        return words;
    }
}
