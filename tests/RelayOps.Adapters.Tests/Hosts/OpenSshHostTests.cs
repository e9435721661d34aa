using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Hosts;

public sealed class OpenSshHostTests(SshdFixture sshd) : SshHostContract(sshd)
{
    protected override string Transport => "open-ssh";

    /// <summary>The client does not pass on the signal's name.</summary>
    protected override bool NamesSignals => false;
}
