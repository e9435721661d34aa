using RelayOps.Testing;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Running;

/// <summary>One test bed for all scenarios: daemons take longer to start than most scenarios to run. Collections that run side by side share it.</summary>
public sealed class Server : IAsyncLifetime
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static TestBed? _shared;
    private static int _users;
    private TestBed? _bed;
    private TestBed? _second;

    public ThrowawaySshd Sshd => _bed!.Sshd;

    public async Task InitializeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Gate.WaitAsync(patience.Token);
        try
        {
            _bed = _shared ??= await TestBed.StartAsync(patience.Token);
            _users++;
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task DisposeAsync()
    {
        if (_second is not null)
            await _second.DisposeAsync();
        await Gate.WaitAsync();
        try
        {
            if (_bed is null || --_users > 0)
                return;
            _shared = null;
            await _bed.DisposeAsync();
        }
        finally
        {
            Gate.Release();
        }
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

/// <summary>Migrations, updates and the faults of a restore, beside the tests of <see cref="OneServer"/>: both wait for docker much of the time.</summary>
[CollectionDefinition(Name)]
public sealed class Beside : ICollectionFixture<Server>
{
    public const string Name = "beside the others";

    /// <summary>In their users' homes, which are those of the others too. Compose names the project after it.</summary>
    public const string Directory = "relay-beside";
}

/// <summary>What is measured is measured alone, behind the others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<Server>
{
    public const string Name = "alone";
}
