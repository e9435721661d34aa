using RelayOps.Adapters.Rehearsal;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Backup;

/// <summary>The local dry run: the same operations as against a server, on a deployment that nobody needs.</summary>
internal sealed partial class Operations
{
    public Task RehearseAsync() => DoAsync(async cancellationToken =>
    {
        await using var host = await _composition.OpenThisMachineAsync(cancellationToken);
        DisposableDeployment disposable;
        using (_composition.Recorder.Begin("making a disposable deployment"))
            disposable = await DisposableDeployment.CreateAsync(host, cancellationToken);
        await using var owned = disposable;
        var parts = disposable.HasRedis ? DeploymentParts.All : DeploymentParts.All & ~DeploymentParts.Redis;
        _composition.Recorder.Note(disposable.HasRedis
            ? $"deployment in {disposable.Path}, with this machine's redis-server"
            : $"deployment in {disposable.Path}, files alone: no redis-server is installed here");

        _deployment = await new PreflightOperation(host, _composition.Compose, _composition.Recorder, _composition.Time)
            .RunAsync(disposable.Path, parts, recover: null, cancellationToken);
        var store = _composition.StoreIn(disposable.StorePath);
        await store.PrepareAsync(cancellationToken);
        var request = _composition.BackupRequest(parts) with { SpoolDirectory = disposable.StorePath };
        var plan = BackupPlan.For(_deployment, request, BackupId.At(_composition.Time.GetUtcNow()));
        var made = await new BackupOperation(host, store, _composition.Recorder, _composition.Time)
            .RunAsync(request, plan, _deployment, _composition.Wire(), last: null, cancellationToken);
        _outcome.Made(made, []);
        var level = disposable.HasRedis ? VerificationLevel.Drill : VerificationLevel.Deep;
        _outcome.Verified(await new VerifyOperation(store, _composition.VerifyTools())
            .RunAsync(new VerifyRequest(made.Stored, level) { StartsService = false }, cancellationToken), _composition.Recorder);
    });
}
