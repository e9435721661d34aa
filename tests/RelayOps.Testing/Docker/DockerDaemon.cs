using System.Collections.Immutable;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Docker;

/// <summary>
/// A docker daemon of the test bed's own, with data, socket and addresses apart from any other on this machine, and the
/// deployment's two images in it. One of a number at a time: a second test process waits until the first has ended.
/// </summary>
public sealed class DockerDaemon : IAsyncDisposable
{
    private readonly Guard guard;

    private DockerDaemon(Guard guard) => this.guard = guard;

    /// <summary>Where everything of the first server lies on this machine.</summary>
    public static string Directory => Bed.First.Directory;

    /// <summary>The first two numbers of its containers' addresses.</summary>
    public static string AddressPool => Bed.First.AddressPool;

    /// <inheritdoc cref="Bed.Host"/>
    public static string Host => Bed.First.Host;

    public static Task<DockerDaemon> StartAsync(CancellationToken cancellationToken) => StartAsync(Bed.First, withImages: true, cancellationToken);

    public static async Task<DockerDaemon> StartAsync(Bed bed, bool withImages, CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(cancellationToken);
        var daemon = new DockerDaemon(await Guard.StartAsync(
            "docker-daemon.sh", [bed.Directory, bed.AddressPool, bed.Network ?? ""], asRoot: true, cancellationToken));
        try
        {
            if (withImages)
                await Images.ImportAllAsync(bed, cancellationToken);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary><c>docker</c> as root, for the first server.</summary>
    /// <exception cref="ShellException">docker failed.</exception>
    public static Task<string> RunAsync(ImmutableArray<string> arguments, CancellationToken cancellationToken) =>
        Bed.First.RunAsync(arguments, cancellationToken);

    /// <inheritdoc cref="Bed.Command"/>
    public static ShellCommand Command(ImmutableArray<string> arguments) => Bed.First.Command(arguments);

    /// <summary>Removes every container and network, ends the daemon and deletes what it kept.</summary>
    public ValueTask DisposeAsync() => guard.DisposeAsync();
}
