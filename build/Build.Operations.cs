using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Backup;

/// <summary>What the targets call. The targets of a run share a connection, what was seen of the deployment, and the backup it made.</summary>
internal sealed class Operations
{
    private readonly Build _build;
    private readonly Run _run;
    private readonly Composition _composition;
    private InspectedDeployment? _deployment;
    private MadeBackup? _made;

    public Operations(Build build)
    {
        _build = build;
        _composition = new Composition(build);
        _run = new Run(build, _composition.Time);
    }

    public Task PreflightAsync() => _run.DoAsync(async cancellationToken =>
    {
        if (!_composition.DryRun)
            await _composition.Store.PrepareAsync(cancellationToken);
        var host = await _composition.GetHostAsync(cancellationToken);
        _deployment = await new PreflightOperation(host, _composition.Compose, _composition.Recorder, _composition.Time)
            .RunAsync(_composition.DeploymentPath, _composition.Parts, cancellationToken);
    });

    public Task BackupAsync() => _run.DoAsync(async cancellationToken =>
    {
        var host = await _composition.GetHostAsync(cancellationToken);
        var request = _composition.BackupRequest();
        var plan = BackupPlan.For(_deployment!, request, BackupId.At(_composition.Time.GetUtcNow()));
        if (_composition.DryRun)
        {
            foreach (var step in plan.Steps)
                _composition.Recorder.Note(step);
            return;
        }

        var last = await _composition.Catalogue.FindNewestAsync(_deployment!.Server.Id, plan.Id, cancellationToken);
        _made = await new BackupOperation(host, _composition.Store, _composition.Recorder, _composition.Time)
            .RunAsync(request, plan, _deployment, _composition.Wire(), last?.Backup.Record, cancellationToken);
    });

    public Task VerifyAsync() => Task.CompletedTask;
    public Task ListAsync() => Task.CompletedTask;
    public Task PruneAsync() => Task.CompletedTask;
    public Task PinAsync(bool pinned) => Task.CompletedTask;
    public Task RehearseAsync() => Task.CompletedTask;
    public Task CompileAsync() => Task.CompletedTask;
    public Task TestAsync() => Task.CompletedTask;
    public Task CheckFormatAsync() => Task.CompletedTask;
    public Task BenchmarkAsync() => Task.CompletedTask;

    public async Task FinishAsync()
    {
        await _composition.DisposeAsync();
        _run.Dispose();
    }
}
