using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;
using RelayOps.Core.Signatures;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Backup;

/// <summary>A backup that was made, not yet verified.</summary>
/// <param name="WireBytes">As they came over the connection.</param>
/// <param name="Previous">The backup of the same server before it, where there is one.</param>
public sealed record MadeBackup(StoredBackup Stored, Manifest Manifest, long WireBytes, CatalogueRecord? Previous);

/// <summary>Takes a consistent snapshot of the running deployment into one archive, in one pass and without a copy on the server.</summary>
public sealed class BackupOperation(IHost host, IArchiveSpool store, IReporter reporter, TimeProvider time)
{
    /// <param name="last">The newest verified backup of the same server.</param>
    /// <exception cref="RelayOpsException">Nothing was kept.</exception>
    public async Task<MadeBackup> RunAsync(
        BackupRequest request, BackupPlan plan, InspectedDeployment deployment, Wire wire, CatalogueRecord? last, CancellationToken cancellationToken)
    {
        await using var held = await DeploymentLock.AcquireAsync(
            host, deployment.Writing, request.Owner, request.LockWait, time, reporter, cancellationToken);
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        await using var pending = await store.BeginAsync(plan.FileName, working.Token);
        try
        {
            var archive = await WriteAsync(request, plan, deployment, wire, pending.Content, working.Token);
            var record = await Record(request, plan, archive).SignAsync(request.Signer, working.Token);
            if (!request.AllowShrink)
                CollapseCheck.Demand(last, record);
            return new MadeBackup(await pending.CommitAsync(record, working.Token), archive.Manifest, wire.Bytes, last);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested)
        {
            throw new RelayOpsException($"the lock on {host.Name} was lost", "it could not be renewed in time, or somebody took it over",
                "run the backup again", ExitStatus.NoConnection);
        }
    }

    private async Task<SealedArchive> WriteAsync(
        BackupRequest request, BackupPlan plan, InspectedDeployment deployment, Wire wire, Stream destination, CancellationToken cancellationToken)
    {
        await using var archive = new ArchiveWriter(destination, plan.Id,
            new ArchiveWriterOptions { Codec = request.Codec, Level = request.CompressionLevel, Seal = request.Cipher is { } cipher ? cipher.Seal : null },
            cancellationToken);
        var contents = new BackupContents(host, deployment, wire, request, archive, reporter);
        var snapshot = await WhileRedisSavesAsync(request, deployment, wire, contents.AddSettledAsync, cancellationToken);
        var dataset = await contents.AddDatasetAsync(snapshot, cancellationToken);
        await contents.AddLogsAsync(cancellationToken);
        var manifest = contents.Manifest(plan.Id, dataset, time.GetUtcNow());
        await contents.AddRecoveryGuideAsync(manifest, plan.FileName, cancellationToken);
        return await archive.FinishAsync(manifest with { Entries = [.. archive.Entries] }, cancellationToken);
    }

    /// <summary>The small files are read while the server saves: neither has to wait for the other.</summary>
    private async Task<RedisSnapshot?> WhileRedisSavesAsync(
        BackupRequest request, InspectedDeployment deployment, Wire wire, Func<CancellationToken, Task> meanwhile, CancellationToken cancellationToken)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var taker = new RedisSnapshotTaker(host, wire, request, reporter, time);
        var taking = deployment.Redis is null ? Task.FromResult<RedisSnapshot?>(null) : TakeAsync(taker, deployment, together.Token);
        try
        {
            await meanwhile(together.Token);
        }
        catch
        {
            await together.CancelAsync();
            await AbandonAsync(taking);
            throw;
        }

        return await taking;
    }

    private static async Task<RedisSnapshot?> TakeAsync(
        RedisSnapshotTaker taker, InspectedDeployment deployment, CancellationToken cancellationToken) =>
        await taker.TakeAsync(deployment, cancellationToken);

    private async Task AbandonAsync(Task<RedisSnapshot?> taking)
    {
        try
        {
            if (await taking is { } snapshot)
                await snapshot.DisposeAsync();
        }
        catch (Exception exception)
        {
            // The first error is the one to tell; this one is its consequence.
            reporter.Note($"the snapshot was given up: {exception.Message}");
        }
    }

    private static CatalogueRecord Record(BackupRequest request, BackupPlan plan, SealedArchive archive) => new()
    {
        Format = CatalogueRecord.CurrentFormat,
        BackupId = plan.Id.ToString(),
        Archive = plan.FileName,
        SizeBytes = archive.SizeBytes,
        Sha256 = archive.Sha256,
        CreatedAt = archive.Manifest.CreatedAt,
        Server = archive.Manifest.Server,
        Tool = request.Tool,
        Compression = request.Codec.Name,
        Encryption = request.Cipher?.Name,
        ContentBytes = archive.ContentBytes,
        StateBytes = archive.Manifest.Entries.Where(entry => !entry.Path.StartsWith("logs/", StringComparison.Ordinal)).Sum(entry => entry.Size),
        Only = DeploymentPartsText.Describe(request.Parts),
        Keys = archive.Manifest.Redis?.Counts.Keys,
        RedisVersion = archive.Manifest.Redis?.RedisVersion,
        EncryptionKeyFingerprint = archive.Manifest.EncryptionKeyFingerprint,
        ManifestSha256 = archive.ManifestSha256,
    };
}
