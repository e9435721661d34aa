using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Users;

namespace RelayOps.Testing.Docker;

/// <summary>
/// Where a server of the test bed lives on this machine, and how its daemon is reached. The first one shares the machine's network; the second,
/// which a deployment moves to, has a network of its own, so that both may publish the same port, as two machines do.
/// </summary>
/// <remarks>Beds of different numbers run side by side on a machine: RELAYOPS_TESTBED, 0 to 9, says which one this process has.</remarks>
public sealed record Bed
{
    private static readonly int Number =
        Environment.GetEnvironmentVariable("RELAYOPS_TESTBED") is { Length: 1 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static readonly string Suffix = Number == 0 ? "" : $"{Number}";

    /// <summary>
    /// The program that deployments are made with, and that is <c>docker compose</c> for whom that is there: RELAYOPS_TESTBED_COMPOSE names
    /// another one than Debian's, such as the plugin of a newer release.
    /// </summary>
    public static string Compose { get; } =
        Environment.GetEnvironmentVariable("RELAYOPS_TESTBED_COMPOSE") is { Length: > 0 } program ? program : "docker-compose";

    /// <summary>With the service's images.</summary>
    public static Bed First { get; } = new()
    {
        Directory = "/var/lib/relayops-testbed" + (Number == 0 ? "" : $"-{Number}"),
        AddressPool = $"10.{231 + Number}",
        UserSuffix = Suffix,
        Address = "127.0.0.1",
    };

    /// <summary>Without any image.</summary>
    public static Bed Second { get; } = new()
    {
        Directory = $"/var/lib/relayops-testbed-new-{Number}",
        AddressPool = $"10.{241 + Number}",
        UserSuffix = Suffix + "n",
        Address = $"10.{241 + Number}.255.2",
        Network = $"relayops{Number}n",
    };

    /// <summary>For everything that it keeps.</summary>
    public required string Directory { get; init; }

    /// <summary>The first two numbers of its containers' addresses.</summary>
    public required string AddressPool { get; init; }

    /// <summary>Ends the names of its users.</summary>
    public required string UserSuffix { get; init; }

    /// <summary>Where this machine reaches its sshd and what its containers publish.</summary>
    public required string Address { get; init; }

    /// <summary>Its network namespace; null for the machine's own.</summary>
    public string? Network { get; init; }

    /// <summary>What <c>DOCKER_HOST</c> must say to reach its daemon. The socket belongs to group docker, mode 0660.</summary>
    public string Host => $"unix://{Directory}/docker.sock";

    /// <summary>A user by kind, e.g. <c>relay-docker</c>: see <see cref="ServerUsers"/>.</summary>
    public ServerUser User(string kind) => new(kind + UserSuffix, $"{Directory}/home/{kind}{UserSuffix}");

    /// <summary><c>docker</c> as root.</summary>
    /// <exception cref="ShellException">docker failed.</exception>
    public Task<string> RunAsync(ImmutableArray<string> arguments, CancellationToken cancellationToken) =>
        Shell.RunAsync(Command(arguments), cancellationToken);

    /// <summary>A <c>docker</c> command as root, for those who want to feed it or bear its failure.</summary>
    public ShellCommand Command(ImmutableArray<string> arguments) => Through("docker", arguments);

    /// <summary>A program as root that finds this daemon, e.g. <c>docker-compose</c>.</summary>
    public ShellCommand Through(string program, ImmutableArray<string> arguments) => new(program, arguments)
    {
        AsRoot = true,
        Environment = ImmutableDictionary<string, string>.Empty.Add("DOCKER_HOST", Host),
    };

    /// <summary>The words before a program that shall see this server's network; none for the machine's own.</summary>
    internal ImmutableArray<string> Inside => Network is null ? []
        : [.. Shell.IsRoot ? Array.Empty<string>() : ["sudo", "-n"], "nsenter", $"--net=/run/netns/{Network}"];
}
