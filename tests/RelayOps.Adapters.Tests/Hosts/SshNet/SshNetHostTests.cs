using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core.Hosts;
using Xunit.Abstractions;

namespace RelayOps.Adapters.Tests.Hosts.SshNet;

public sealed class SshNetHostTests(SshdFixture sshd) : SshHostContract(sshd)
{
    protected override string Transport => "ssh-net";
}

[Collection(StreamSuite.Name)]
public sealed class SshNetHostStreamTests(SshdFixture fixture, ITestOutputHelper log) : HostStreamContract(log), IClassFixture<SshdFixture>
{
    /// <summary>The library collects what comes until the command is held: 8 MiB and what is on the way by then.</summary>
    protected override long OnTheWay => 48L << 20;

    protected override Task<IHost> OpenAsync(CancellationToken cancellationToken) =>
        SshHosts.OpenAsync(fixture.Sshd.Connection() with { Transport = "ssh-net" }, TimeProvider.System, cancellationToken);
}
