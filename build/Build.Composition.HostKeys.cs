using RelayOps.Adapters.Hosts;
using RelayOps.Core;
using RelayOps.Core.Hosts;

/// <summary>What a runner must know of the server, as this machine knows it.</summary>
internal sealed partial class Composition
{
    /// <summary>
    /// Lines of known_hosts as far as this machine's own vouch for the server, with their fingerprints. Where none does, the server is asked as any operation
    /// asks it, and what it shows is told for somebody to compare: it is no line that could be copied without that.
    /// </summary>
    /// <returns>Nothing where no server over ssh was named.</returns>
    public async Task<IReadOnlyList<string>> DescribeHostKeysAsync(CancellationToken cancellationToken)
    {
        if (Server.Server is not { Length: > 0 } named || named == "local")
            return [];
        var address = await SshAddresses.FindAsync(ConnectionTo(SshTarget.Parse(named), _secrets.SshKey), cancellationToken);
        if (!address.HostKeys.IsEmpty)
            return [$"# the host keys of {named} that known_hosts here vouches for:",
                .. SshAddresses.Lines(address).Select(key => $"echo '{key.Line}' >> relay.hosts   # {key.Fingerprint}")];
        try
        {
            await GetHostAsync(cancellationToken);
            return [$"# {named}: no single host key is known here, ssh trusts it by an authority: give KNOWN_HOSTS that one's @cert-authority line"];
        }
        catch (RelayOpsException e) when (e.Status == ExitStatus.NoConnection)
        {
            return [$"# KNOWN_HOSTS: {e.What}: {e.Why}", $"# {e.Next}"];
        }
    }
}
