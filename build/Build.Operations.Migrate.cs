using RelayOps.Core;

/// <summary>Two ways to another server: from one that runs, or from a backup of one that is lost.</summary>
internal sealed partial class Operations
{
    private IMigrate Migration => _build;

    public Task MigrateAsync() => DoAsync(cancellationToken => Migration.NewServer switch
    {
        null or "" => throw new RelayOpsException("no new server was named", "--new-server has no default",
            "pass --new-server [user@]host[:port]", ExitStatus.WrongUse),
        _ when Migration.Server is null or "" => Migration.Direct ? throw new RelayOpsException("nothing can be sent straight from a backup",
            "--direct sends from the old server to the new one", "leave --direct out, or name the old server with --server", ExitStatus.WrongUse) : RebuildAsync(cancellationToken),
        _ => MoveAsync(cancellationToken),
    });
}
