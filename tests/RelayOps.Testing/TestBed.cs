using RelayOps.Testing.Docker;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.Testing;

/// <summary>
/// This machine as a server of the field: a docker daemon with the service's images, an sshd, and users of every kind.
/// Started once for all tests of a process; deployments are made on it with <see cref="Deployments.Deployment.CreateAsync"/>.
/// </summary>
/// <remarks>Needs root or passwordless sudo. What it started ends with the test process, even when that is killed.</remarks>
public sealed class TestBed : IAsyncDisposable
{
    private readonly DockerDaemon daemon;

    private TestBed(DockerDaemon daemon, Bed bed, ThrowawaySshd sshd)
    {
        this.daemon = daemon;
        Bed = bed;
        Sshd = sshd;
    }

    public Bed Bed { get; }

    /// <summary>Lets in every one of <see cref="ServerUsers"/>: <c>Sshd.Connection(ServerUsers.Docker.Name)</c>.</summary>
    public ThrowawaySshd Sshd { get; }

    public static Task<TestBed> StartAsync(CancellationToken cancellationToken) => StartAsync(Bed.First, withImages: true, cancellationToken);

    public static async Task<TestBed> StartAsync(Bed bed, bool withImages, CancellationToken cancellationToken)
    {
        var daemon = await DockerDaemon.StartAsync(bed, withImages, cancellationToken);
        try
        {
            await ServerUsers.CreateAsync(daemon, bed, cancellationToken);
            return new TestBed(daemon, bed, await ThrowawaySshd.StartAsync(
                new SshdOptions { ReadsBashrc = true, Address = bed.Address, Inside = bed.Inside }, cancellationToken));
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sshd.DisposeAsync();
        await daemon.DisposeAsync();
    }
}
