using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Migrate;

/// <summary>Migrate from a server that runs.</summary>
internal sealed partial class Operations
{
    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        if (!_composition.DryRun && Migration.Confirm is null && !Prompt.IsPossible)
            throw new RelayOpsException("this was not confirmed", "there is no terminal to ask on", "pass --confirm yes", ExitStatus.WrongUse);
        var old = await _composition.GetHostAsync(cancellationToken);
        var @new = await _composition.GetNewHostAsync(cancellationToken);
        var operation = new MoveOperation(old, @new, _composition.Compose, _composition.Recorder, _composition.Time);
        if (Migration.KeepArchive && !await operation.IsHandedOverAsync(_composition.DeploymentPath, cancellationToken))
            await KeepArchiveAsync();
        _outcome.Moved(await operation.RunAsync(MoveRequest() with { Direct = await _composition.FindDirectAddressAsync(cancellationToken) }, cancellationToken));
    }

    /// <summary>The same three targets that make any backup.</summary>
    private async Task KeepArchiveAsync()
    {
        await PreflightAsync();
        await BackupAsync();
        await VerifyAsync();
    }

    private MoveRequest MoveRequest() => new()
    {
        DeploymentPath = _composition.DeploymentPath,
        NewPath = Migration.NewDeploymentPath ?? _composition.DeploymentPath,
        NewPort = Migration.NewPort,
        NewProject = Migration.NewProjectName,
        InstallDocker = Migration.InstallDocker,
        HealthTimeout = Duration.Parse(Migration.HealthTimeout),
        HealthUrl = Migration.HealthUrl,
        DropSessions = Migration.DropSessions,
        DryRun = _composition.DryRun,
        Snapshot = _composition.BackupRequest(DeploymentParts.All) with { Owner = _composition.Owner("Migrate") },
        Wire = _composition.Wire(),
        ConfirmAsync = (lines, _) => Task.FromResult(Confirm(lines, Migration.Confirm)),
    };
}
