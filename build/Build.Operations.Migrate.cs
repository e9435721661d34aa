using RelayOps.Core;

/// <summary>Two ways to another server: from one that runs, or from a backup of one that is lost.</summary>
internal sealed partial class Operations
{
    private IMigrate Migration => _build;

    public Task MigrateAsync() => DoAsync(cancellationToken => Migration.NewServer switch
    {
        _ when Migration.Direct => throw new RelayOpsException("--direct is not built", "data go through this machine, which needs no route between the servers",
            "leave --direct out", ExitStatus.WrongUse),
        null or "" => throw new RelayOpsException("no new server was named", "--new-server has no default",
            "pass --new-server [user@]host[:port]", ExitStatus.WrongUse),
        _ when Migration.Server is null or "" => RebuildAsync(cancellationToken),
        _ => MoveAsync(cancellationToken),
    });
}
