using RelayOps.Adapters.Hosts.SshNet;

namespace RelayOps.Adapters.Hosts;

/// <content>Where SSH.NET is built in, it is there and the default.</content>
public static partial class SshHosts
{
    static partial void AddSshNet(List<Transport> found) =>
        found.Add(new Transport("ssh-net", async (connection, time, cancellationToken) =>
            await SshNetHost.OpenAsync(connection, time, cancellationToken).ConfigureAwait(false)));
}
