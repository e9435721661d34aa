using RelayOps.Adapters.Stores;
using RelayOps.Core.Backups;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Logs;
using RelayOps.Core.Operations.Usage;
using RelayOps.Core.Stores;

/// <summary>What the daily targets need.</summary>
internal sealed partial class Composition
{
    /// <summary>Beside the local store, on this machine.</summary>
    public IUsageHistory UsageHistory => new UsageHistoryFile(Store.Directory, Time);

    /// <summary>As hosts name themselves, and backups the server they are of; null where none was named.</summary>
    private string? ServerName => Server.Server switch { null or "" => null, "local" => "local", var target => SshTarget.Parse(target).ToString() };

    private NamedServer? NamedServer => ServerName is { } name ? new NamedServer(name, DeploymentPath) : null;

    public UsageRequest UsageRequest() => new() { DeploymentPath = DeploymentPath, DryRun = DryRun };

    public CleanLogsRequest CleanLogsRequest() => new()
    {
        DeploymentPath = DeploymentPath,
        RetentionDays = ((ICleanLogs)_build).LogRetentionDays,
        Owner = Owner("CleanLogs"),
        LockWait = Duration.Parse(Server.LockWait),
        DryRun = DryRun,
    };

    public ListFilter ListFilter()
    {
        IList list = _build;
        return new ListFilter
        {
            ServerName = ServerName,
            MaxAge = list.Since is { } since ? Duration.Parse(since) : null,
            Verified = list.Verified is { } level ? Enum.Parse<VerificationLevel>(level, ignoreCase: true) : VerificationLevel.None,
            OnlyPinned = list.Pinned,
        };
    }
}
