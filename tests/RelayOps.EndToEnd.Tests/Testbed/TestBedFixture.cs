using RelayOps.Adapters.Hosts;
using RelayOps.Core.Hosts;
using RelayOps.Testing;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Testbed;

/// <summary>One test bed for every class of the collection: started before the first test, put away after the last.</summary>
public sealed class TestBedFixture : IAsyncLifetime
{
    private TestBed? bed;

    public TestBed Bed => bed ?? throw new InvalidOperationException("the test bed has not been started");

    /// <summary>Logs a user in through the bed's sshd.</summary>
    public async Task<IHost> LogInAsync(ServerUser user, CancellationToken cancellationToken) =>
        await OpenSshHost.OpenAsync(Bed.Sshd.Connection(user.Name), TimeProvider.System, cancellationToken);

    public async Task InitializeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        bed = await TestBed.StartAsync(patience.Token);
    }

    public async Task DisposeAsync()
    {
        if (bed is not null)
            await bed.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class TestBedTestGroup : ICollectionFixture<TestBedFixture>
{
    public const string Name = "test bed";
}

/// <summary>Tests that start beds of their own: after the others, because a machine has room for one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OwnTestBedTestGroup
{
    public const string Name = "own test bed";
}
