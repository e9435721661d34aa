using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Update;

/// <summary>Update, and what its look alone leaves out.</summary>
internal sealed partial class Operations
{
    private bool IsUpdating => _build.InvokedTargets.Any(target => target.Name == "Update");

    /// <summary>Nothing is backed up for a look: nothing that runs changes.</summary>
    private bool OnlyLooks => IsUpdating && ((IUpdate)_build).CheckOnly;

    public Task UpdateAsync() => DoAsync(async cancellationToken =>
    {
        var host = await _composition.GetHostAsync(cancellationToken);
        var operation = new UpdateOperation(host, _composition.Compose, _composition.Recorder, _composition.Time);
        _outcome.Updated(await operation.RunAsync(UpdateRequest(), cancellationToken), _composition.DryRun);
    });

    /// <summary>What cannot be undone by it is no backup to update on.</summary>
    private void RequireWholeBackup()
    {
        if (IsUpdating && _composition.Parts != DeploymentParts.All)
            throw new RelayOpsException("an update needs a whole backup", "--only leaves a part of the deployment out", "leave --only out", ExitStatus.WrongUse);
    }

    private UpdateRequest UpdateRequest()
    {
        IUpdate parameters = _build;
        return new UpdateRequest
        {
            DeploymentPath = _composition.DeploymentPath,
            CheckOnly = parameters.CheckOnly,
            DropSessions = parameters.DropSessions,
            KeepSafetyCopies = parameters.KeepSafetyCopies,
            HealthTimeout = Duration.Parse(parameters.HealthTimeout),
            HealthUrl = parameters.HealthUrl,
            DryRun = _composition.DryRun,
            Owner = _composition.Owner("Update"),
            LockWait = Duration.Parse(parameters.LockWait),
        };
    }
}
