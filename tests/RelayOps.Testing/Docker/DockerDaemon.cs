using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Docker;

/// <summary>
/// A docker daemon of the test bed's own, with data, socket and addresses apart from any other on this machine, and the
/// deployment's two images in it. One of a number at a time: a second test process waits until the first has ended.
/// </summary>
public sealed class DockerDaemon : IAsyncDisposable
{
    /// <summary>Beds of different numbers run side by side on a machine: RELAYOPS_TESTBED, 0 to 9, says which one this process has.</summary>
    internal static int Number { get; } =
        Environment.GetEnvironmentVariable("RELAYOPS_TESTBED") is { Length: 1 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>Where everything of the test bed lies on this machine.</summary>
    public static string Directory { get; } = "/var/lib/relayops-testbed" + (Number == 0 ? "" : $"-{Number}");

    /// <summary>The first two numbers of its containers' addresses.</summary>
    public static string AddressPool { get; } = $"10.{231 + Number}";

    private readonly Guard guard;

    private DockerDaemon(Guard guard) => this.guard = guard;

    /// <summary>What <c>DOCKER_HOST</c> must say to reach it. The socket belongs to group docker, mode 0660.</summary>
    public static string Host => $"unix://{Directory}/docker.sock";

    public static async Task<DockerDaemon> StartAsync(CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(cancellationToken);
        var daemon = new DockerDaemon(await Guard.StartAsync("docker-daemon.sh", [Directory, AddressPool], asRoot: true, cancellationToken));
        try
        {
            await Images.ImportAllAsync(cancellationToken);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary><c>docker</c> as root.</summary>
    /// <exception cref="ShellException">docker failed.</exception>
    public static Task<string> RunAsync(ImmutableArray<string> arguments, CancellationToken cancellationToken) =>
        Shell.RunAsync(Command(arguments), cancellationToken);

    /// <summary>A <c>docker</c> command as root, for those who want to feed it or bear its failure.</summary>
    public static ShellCommand Command(ImmutableArray<string> arguments) => Through("docker", arguments);

    /// <summary>A program as root that finds this daemon, e.g. <c>docker-compose</c>.</summary>
    public static ShellCommand Through(string program, ImmutableArray<string> arguments) => new(program, arguments)
    {
        AsRoot = true,
        Environment = ImmutableDictionary<string, string>.Empty.Add("DOCKER_HOST", Host),
    };

    /// <summary>Removes every container and network, ends the daemon and deletes what it kept.</summary>
    public ValueTask DisposeAsync() => guard.DisposeAsync();
}
