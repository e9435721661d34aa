using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Redis;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Backup;

/// <summary>What a backup will do, decided before it begins; a dry run prints it and stops there.</summary>
public sealed record BackupPlan
{
    public required BackupId Id { get; init; }

    /// <summary>In the local store.</summary>
    public required string FileName { get; init; }

    /// <summary>Null where Redis is not part of the backup.</summary>
    public SnapshotMethod? Snapshot { get; init; }

    /// <summary>Every command and file operation, in order.</summary>
    public required ImmutableArray<string> Steps { get; init; }

    public static BackupPlan For(InspectedDeployment deployment, BackupRequest request, BackupId id)
    {
        var fileName = ArchiveName.For(id, request.Codec.Extension, request.Cipher?.Extension ?? "");
        var redis = deployment.Redis;
        return new BackupPlan
        {
            Id = id,
            FileName = fileName,
            Snapshot = redis is null ? null : SnapshotProcedure.Choose(redis).Method,
            Steps = [.. StepsOf(deployment, request, fileName)],
        };
    }

    private static IEnumerable<string> StepsOf(InspectedDeployment deployment, BackupRequest request, string fileName)
    {
        string On(HostCommand command) => $"on {deployment.HostName}: {command}";
        yield return On(deployment.Writing.Run(DeploymentLock.AcquireCommand(deployment.Writing.Root, "<token>")));
        if (deployment.Redis is { } redis)
        {
            if (SnapshotProcedure.Choose(redis).Method == SnapshotMethod.BackgroundSave)
            {
                yield return On(SnapshotProcedure.SaveCommand(redis.Endpoint, request.RedisSaveTimeout));
                yield return On(DumpFile.Command(deployment.DumpRoutes[0]));
            }
            else
                yield return On(SnapshotProcedure.ReplicateCommand(redis.Endpoint));
        }

        foreach (var part in deployment.Files)
            yield return $"read {part.Tree.Entries.Length} entries ({part.SizeBytes} bytes) of {part.Name} {part.Route.Name}: "
                + On(part.Route.Run(TreeArchive.Command(part.Route.Root, WireCodec.None)));
        if (request.Cipher is { } cipher)
            yield return $"here: encrypt with {cipher.Name} in the same pass";
        yield return $"here: write {fileName} under a hidden name, sync it, rename it, write its .sha256 and .json";
        yield return On(deployment.Writing.Run(DeploymentLock.ReleaseCommand(deployment.Writing.Root, "<token>")));
        yield return $"here: read {fileName} back and verify it; only then apply retention";
    }
}
