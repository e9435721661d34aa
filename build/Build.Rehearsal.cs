using RelayOps.Adapters.Rehearsal;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Operations.Migrate;
using RelayOps.Core.Operations.Rehearsal;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;

/// <summary>The local dry run: the same operations as against a server, on a deployment that nobody needs.</summary>
internal sealed partial class Operations
{
    public Task RehearseAsync() => DoAsync(async cancellationToken =>
    {
        if (_composition.DryRun)
        {
            _composition.Recorder.Note("a disposable deployment would be made, backed up, verified, destroyed, restored, compared and, where docker is here, rebuilt in containers, and nothing be left of it");
            return;
        }

        await using var host = await _composition.OpenThisMachineAsync(cancellationToken);
        DisposableDeployment disposable;
        using (_composition.Recorder.Begin("making a disposable deployment"))
            disposable = await DisposableDeployment.CreateAsync(host, cancellationToken);
        await using var owned = disposable;
        _composition.Recorder.Note($"deployment in {disposable.Path}, "
            + (disposable.Redis is { } redis ? $"with {redis}" : "files alone: neither redis-server nor an image of redis is here"));
        if (disposable.StaysBecause is { } obstacle)
            _composition.Recorder.Note($"migrate is left out: {obstacle}");
        await RehearseAsync(new RehearsalRun(_composition, _outcome, host, disposable), disposable.Redis, cancellationToken);
    });

    private async Task RehearseAsync(RehearsalRun run, string? redis, CancellationToken cancellationToken)
    {
        var rehearsal = new RehearseOperation(_composition.Recorder, _composition.Time);
        try
        {
            await rehearsal.RunAsync(run.Steps, cancellationToken);
        }
        finally
        {
            _outcome.Rehearsed(new ReportedRehearsal(redis, rehearsal.Done));
        }
    }
}

/// <summary>The steps of a rehearsal, and what one hands to the next.</summary>
internal sealed class RehearsalRun(Composition composition, Outcome outcome, IHost host, DisposableDeployment disposable)
{
    private readonly RelayOps.Adapters.Stores.LocalDirectoryStore _store = composition.StoreIn(disposable.StorePath);
    private DisposableData? _data;
    private MadeBackup? _made;
    private VerifiedBackup? _verified;

    /// <summary>In order. A further target joins the rehearsal as a further step.</summary>
    public IReadOnlyList<RehearsalStep> Steps =>
    [
        new("backup", BackUpAsync),
        new("verify", VerifyAsync),
        new("destroy", cancellationToken => _data!.LoseAsync(cancellationToken)),
        new("restore", RestoreAsync),
        new("compare", cancellationToken => _data!.CompareAsync(Source, cancellationToken)),
        .. disposable.StaysBecause is null ? [new RehearsalStep("migrate", MigrateAsync)] : Array.Empty<RehearsalStep>(),
    ];

    private DeploymentParts Parts => disposable.Redis is null ? DeploymentParts.All & ~DeploymentParts.Redis : DeploymentParts.All;

    private RestoreSource Source => RestoreSource.From(_verified!, _store, composition.Codecs);

    private async Task BackUpAsync(CancellationToken cancellationToken)
    {
        var deployment = await new PreflightOperation(host, composition.Compose, composition.Recorder, composition.Time)
            .RunAsync(disposable.Path, Parts, recover: null, cancellationToken);
        _data = new DisposableData(host, deployment, composition.Recorder);
        await _data.RememberAsync(cancellationToken);
        await _store.PrepareAsync(cancellationToken);
        var request = composition.BackupRequest(Parts) with { SpoolDirectory = disposable.StorePath };
        var plan = BackupPlan.For(deployment, request, BackupId.At(composition.Time.GetUtcNow()));
        _made = await new BackupOperation(host, _store, composition.Recorder, composition.Time)
            .RunAsync(request, plan, deployment, composition.Wire(), last: null, cancellationToken);
        outcome.Made(_made, [], []);
    }

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var level = disposable.Redis is null ? VerificationLevel.Deep : VerificationLevel.Drill;
        _verified = await new VerifyOperation(_store, composition.RehearsalTools(disposable.Image))
            .RunAsync(new VerifyRequest(_made!.Stored, level) { StartsService = false }, cancellationToken);
        outcome.Verified(_verified, composition.Recorder);
    }

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var request = new RestoreRequest
        {
            DeploymentPath = disposable.Path,
            Parts = Parts,
            Owner = composition.Owner("Restore"),
            LockWait = TimeSpan.Zero,
            ConfirmAsync = (_, _) => Task.FromResult(true),
        };
        outcome.Restored(await new RestoreOperation(host, composition.Compose, composition.Recorder, composition.Time).RunAsync(request, Source, cancellationToken));
    }

    /// <summary>The server is lost, and its deployment rebuilt from the backup: in containers, until the service is healthy.</summary>
    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await disposable.StopAsync(cancellationToken);
        var request = new RebuildRequest
        {
            DeploymentPath = disposable.NewPath,
            NewProject = disposable.Project,
            NewPort = disposable.NewPort,
            Owner = composition.Owner("Migrate"),
            LockWait = TimeSpan.Zero,
            ConfirmAsync = (_, _) => Task.FromResult(true),
        };
        await new RebuildOperation(host, [], composition.Compose, composition.Recorder, composition.Time).RunAsync(request, Source, cancellationToken);
    }
}
