using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core.Hosts;
using Xunit.Abstractions;

namespace RelayOps.Adapters.Tests.Hosts;

[Collection(StreamSuite.Name)]
public sealed class LocalHostStreamTests(ITestOutputHelper log) : HostStreamContract(log)
{
    protected override async Task<IHost> OpenAsync(CancellationToken cancellationToken) =>
        await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, cancellationToken);
}

[Collection(StreamSuite.Name)]
public sealed class OpenSshHostStreamTests(SshdFixture fixture, ITestOutputHelper log) : HostStreamContract(log), IClassFixture<SshdFixture>
{
    protected override Task<IHost> OpenAsync(CancellationToken cancellationToken) =>
        SshHosts.OpenAsync(fixture.Sshd.Connection() with { Transport = "open-ssh" }, TimeProvider.System, cancellationToken);
}
