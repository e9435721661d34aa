using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Hosts;

public sealed class LocalHostTests : HostContract
{
    protected override bool TellsSignalsFromStatus => false;

    protected override async Task<IHost> OpenAsync(HostTimeouts timeouts, CancellationToken cancellationToken) =>
        await LocalHost.OpenAsync(timeouts, TimeProvider.System, cancellationToken);
}
