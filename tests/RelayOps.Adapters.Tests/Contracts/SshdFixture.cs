using RelayOps.Testing.Ssh;

namespace RelayOps.Adapters.Tests.Contracts;

/// <summary>One sshd for all tests of a class.</summary>
public sealed class SshdFixture : IAsyncLifetime
{
    public ThrowawaySshd Sshd { get; private set; } = null!;

    public async Task InitializeAsync() => Sshd = await ThrowawaySshd.StartAsync(CancellationToken.None);

    public async Task DisposeAsync() => await Sshd.DisposeAsync();
}
