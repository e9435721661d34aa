using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Where a Redis listens that docker publishes no ports of: one on the server itself, or in a container that has the server's network.</summary>
/// <param name="Addresses">Every one that it listens on.</param>
/// <param name="IsProtected">Without a password it answers the server itself alone, whatever it listens on.</param>
/// <param name="NotKnown">Why the addresses are not known; null where they are.</param>
public sealed record RedisListening(ImmutableArray<PublishedPort> Addresses, bool IsProtected, string? NotKnown = null)
{
    /// <summary>From here on protected mode holds for explicit addresses as well.</summary>
    private const int ProtectsAlways = 7;

    private const string Script = RedisServer.Login + """
        for s in bind protected-mode port tls-port; do
          redis-cli "$@" CONFIG GET "$s" 2>/dev/null | awk -v name="$s" 'NR == 1 && $0 == name { known = 1 } NR == 2 && known { print name "=" $0 }'
        done
        """;

    public IEnumerable<PublishedPort> Exposed => Addresses.Where(address => !address.IsLoopback);

    /// <param name="state">Of its container; null where it has none, or docker does not tell it.</param>
    /// <returns>Null where the ports that docker publishes are all that leads to it.</returns>
    internal static async Task<RedisListening?> FindAsync(IHost host, RedisServer redis, ContainerState? state, CancellationToken cancellationToken)
    {
        if (redis.Endpoint.Container is not null && state is not { HasNetworkOfServer: true })
            return state is { HasNetworkOfAnother: false } ? null
                : Unknown(state is null ? "docker does not tell the ports of its container" : $"its container has network_mode {state.NetworkMode}: that one's ports lead to it");
        var said = await host.RunAsync(redis.Endpoint.Route.Run(HostCommand.ReadingScript(Script, [.. redis.Endpoint.CliArguments])), redis.Credentials, cancellationToken);
        return Parse(said.Output, redis.Version);
    }

    /// <param name="output">Lines <c>name=value</c>.</param>
    /// <param name="version">Of the Redis that said so.</param>
    public static RedisListening Parse(string output, string version)
    {
        var said = output.Split('\n').Select(line => line.TrimEnd('\r').Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        if (said["bind"].FirstOrDefault() is not { } bound || said["port"].FirstOrDefault() is not { } port)
            return Unknown("it listens with the server's own addresses, and CONFIG GET does not say on which");
        string[] ports = [.. new[] { port, said["tls-port"].FirstOrDefault() ?? "0" }.Where(number => number != "0")];
        // None is every one. A dash says that it need not be there.
        var addresses = bound.Trim().Length == 0 ? ["*"] : bound.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var protects = Major(version) >= ProtectsAlways || bound.Trim().Length == 0;
        return new RedisListening(
            [.. addresses.SelectMany(address => ports.Select(number => new PublishedPort(Address(address.TrimStart('-')), number, $"{number}/tcp")))],
            protects && said["protected-mode"].FirstOrDefault() == "yes");
    }

    private static RedisListening Unknown(string why) => new([], IsProtected: false, why);

    private static string Address(string bound) => bound switch
    {
        "*" => "",
        "::*" or "::" => "[::]",
        _ => bound,
    };

    private static int Major(string version) => int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out var major) ? major : 0;
}
