using RelayOps.Adapters.Hosts;
using RelayOps.Core.Hosts;

internal sealed partial class Composition
{
    /// <summary>
    /// Where the old server may find the new one; null where nobody asked for it, or where this machine is one of the two and everything goes
    /// straight anyway.
    /// </summary>
    public async Task<SshAddress?> FindDirectAddressAsync(CancellationToken cancellationToken)
    {
        IMigrate migration = _build;
        if (!migration.Direct)
            return null;
        if (Server.Server == "local" || migration.NewServer == "local")
        {
            Recorder.Note("this machine is one of the two servers: everything goes straight anyway");
            return null;
        }

        return await SshAddresses.FindAsync(ConnectionTo(SshTarget.Parse(migration.NewServer!), key: null), cancellationToken);
    }
}
