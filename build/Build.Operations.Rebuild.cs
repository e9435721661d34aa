using RelayOps.Core;
using RelayOps.Core.Operations.Migrate;
using RelayOps.Core.Operations.Restore;

/// <summary>Migrate without an old server.</summary>
internal sealed partial class Operations
{
    private async Task RebuildAsync(CancellationToken cancellationToken)
    {
        if (Migration.BackupId is null)
            throw new RelayOpsException("neither an old server nor a backup was named", "without --server, Migrate rebuilds a lost server from a backup",
                "pass --server [user@]host[:port] of the old one, or --backup-id latest", ExitStatus.WrongUse);
        if (!_composition.DryRun && Migration.Confirm is null && !Prompt.IsPossible)
            throw new RelayOpsException("this was not confirmed", "there is no terminal to ask on", "pass --confirm yes", ExitStatus.WrongUse);
        await VerifyAsync();
        var host = await _composition.GetNewHostAsync(cancellationToken);
        var source = RestoreSource.From(_verified!, _verifiedIn!.Store, _composition.Codecs, _composition.FindCipher);
        await using var here = await _composition.OpenThisMachineAsync(cancellationToken);
        var own = await ImageSource.FindAsync(here, cancellationToken);
        var operation = new RebuildOperation(host, own is null ? [] : [own], _composition.Compose, _composition.Recorder, _composition.Time);
        var outcome = await operation.RunAsync(RebuildRequest(), source, cancellationToken);
        if (!_composition.DryRun)
            _outcome.Restored(outcome);
    }

    private RebuildRequest RebuildRequest() => new()
    {
        DeploymentPath = Migration.NewDeploymentPath ?? _composition.DeploymentPath,
        NewPort = Migration.NewPort,
        NewProject = Migration.NewProjectName,
        InstallDocker = Migration.InstallDocker,
        DropSessions = Migration.DropSessions,
        AllowTorn = ((IRestore)_build).AllowTorn,
        HealthTimeout = Duration.Parse(Migration.HealthTimeout),
        HealthUrl = Migration.HealthUrl,
        DryRun = _composition.DryRun,
        Owner = _composition.Owner("Migrate"),
        LockWait = Duration.Parse(Migration.LockWait),
        ConfirmAsync = (lines, _) => Task.FromResult(Confirm(lines, Migration.Confirm)),
    };
}
