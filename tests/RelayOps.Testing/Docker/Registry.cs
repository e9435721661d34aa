using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Docker;

/// <summary>A registry on loopback, from which the bed's daemon pulls without further ado; it ends with the test process.</summary>
public sealed class Registry : IAsyncDisposable
{
    private readonly Guard guard;
    private readonly int port;

    private Registry(Guard guard, int port)
    {
        this.guard = guard;
        this.port = port;
    }

    public static async Task<Registry> StartAsync(CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync([("docker-registry", "docker-registry")], cancellationToken);
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var directory = Directory.CreateTempSubdirectory("relayops-registry-").FullName;
        return new Registry(await Guard.StartAsync("registry.sh", [directory, port.ToString(CultureInfo.InvariantCulture)], asRoot: false, cancellationToken), port);
    }

    /// <summary>What an image is called to come from here.</summary>
    public string Name(string repository) => $"127.0.0.1:{port}/{repository}";

    /// <summary>
    /// Pushes a variant of the bed's service, as the newest of a name. This machine has it no more afterwards: its own name means what it meant.
    /// </summary>
    /// <param name="changes">Instructions of a Dockerfile, e.g. <c>LABEL version=2</c>.</param>
    public static Task PublishServiceAsync(string name, CancellationToken cancellationToken, params ImmutableArray<string> changes) =>
        PublishAsync(Images.Service, name, changes, cancellationToken);

    /// <summary>The same of its Redis.</summary>
    public static Task PublishRedisAsync(string name, CancellationToken cancellationToken, params ImmutableArray<string> changes) =>
        PublishAsync(Images.Redis, name, changes, cancellationToken);

    public ValueTask DisposeAsync() => guard.DisposeAsync();

    private static async Task PublishAsync(string image, string name, ImmutableArray<string> changes, CancellationToken cancellationToken) =>
        await Shell.RunAsync(Bed.First.Through("sh", ["-c", """
            set -eu
            image=$1 name=$2
            shift 2
            before=$(docker image inspect -f '{{.Id}}' "$name" 2>/dev/null || :)
            container=$(docker create "$image")
            docker commit "$@" "$container" "$name" >/dev/null
            docker rm "$container" >/dev/null
            docker push -q "$name" >/dev/null
            id=$(docker image inspect -f '{{.Id}}' "$name")
            if [ -n "$before" ]; then docker tag "$before" "$name"; docker rmi "$id" >/dev/null
            else docker rmi "$name" >/dev/null
            fi
            """, "sh", image, name, .. changes.SelectMany(change => new[] { "--change", change })]), cancellationToken);
}
