using RelayOps.Testing;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Running;

/// <summary>One test bed for all scenarios: daemons take longer to start than most scenarios to run.</summary>
public sealed class Server : IAsyncLifetime
{
    private TestBed? _bed;
    private TestBed? _second;

    public ThrowawaySshd Sshd => _bed!.Sshd;

    public async Task InitializeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        _bed = await TestBed.StartAsync(patience.Token);
    }

    public async Task DisposeAsync()
    {
        if (_second is not null)
            await _second.DisposeAsync();
        await _bed!.DisposeAsync();
    }

    /// <summary>An empty server for a deployment to move to; started for those who ask for it.</summary>
    public async Task<TestBed> GetSecondAsync(CancellationToken cancellationToken) =>
        _second ??= await TestBed.StartAsync(Bed.Second, withImages: false, cancellationToken);

    /// <summary>What an operator types to reach a deployment on this server.</summary>
    public string[] Reaching(ServerUser user, string deploymentPath) =>
        ["--server", Sshd.Target(user.Name).ToString(), "--ssh-key", Sshd.KeyFile, "--known-hosts", Sshd.KnownHosts, "--deployment-path", deploymentPath];
}

[CollectionDefinition(Name)]
public sealed class OneServer : ICollectionFixture<Server>
{
    public const string Name = "one server";
}
