using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Restore;

/// <summary>What must hold before a restore may begin: everything that can be known while the service still runs.</summary>
internal static class RestoreChecks
{
    /// <summary>Room for what Redis and the service write while both datasets are there.</summary>
    private const long SpareBytes = 64L << 20;

    public static void Demand(RestoreRequest request, RestoreSource source, ArchiveContents backup, RestoreTarget target, RestorePlan plan)
    {
        DemandSpace(target, plan);
        foreach (var name in target.MountPoints.Where(name => plan.Items.Any(item => item.Name == name)))
            throw new RelayOpsException($"cannot put {name} aside on {target.Deployment.HostName}", "it is a file system of its own, which no rename moves",
                $"mount it one directory higher, or restore without it (--only)", ExitStatus.WrongUse);
        if (plan.HasRedis)
            DemandRedis(backup, target);
        if (plan.HasRedis && source.TornBytes.Count > 0 && !request.AllowTorn)
            throw new RelayOpsException($"backup {source.Name} is torn",
                string.Join(", ", source.TornBytes.Select(torn => $"the last {torn.Value} bytes of {torn.Key} are no whole command and will be cut")),
                "restore another backup, or accept the loss with --allow-torn", ExitStatus.BadBackup);
    }

    private static void DemandSpace(RestoreTarget target, RestorePlan plan)
    {
        // Before Redis 7 the append-only file is a copy of the dump; a conversion holds both for a while.
        var copies = plan.HasRedis && (plan.Converts || !target.Files.HasAppendOnlyDirectory) ? plan.DatasetBytes : 0;
        var needed = plan.RequiredBytes + copies + SpareBytes;
        if (target.Survey.FreeBytes < needed)
            throw new RelayOpsException($"there is not enough room on {target.Deployment.HostName}",
                $"{needed >> 20} MiB are needed beside the present data, {target.Survey.FreeBytes >> 20} MiB are free",
                "free disk space there (old *.bak.* directories, docker image prune), or leave logs out (--only redis+data+config)");
    }

    private static void DemandRedis(ArchiveContents backup, RestoreTarget target)
    {
        if (backup.Manifest?.Redis is { } dataset && dataset.RdbVersion > target.Files.NewestRdb)
            throw new RelayOpsException($"redis {target.Files.Version} cannot load this backup",
                $"it has RDB version {dataset.RdbVersion} (redis {dataset.RedisVersion}), this redis reads up to {target.Files.NewestRdb}",
                "put a newer redis image into the compose file first", ExitStatus.WrongUse);
        DemandRedisInPlace(target);
    }

    /// <summary>Its data directory is the one that is exchanged, and somebody here knows how it is stopped.</summary>
    public static void DemandRedisInPlace(RestoreTarget target)
    {
        var mounted = $"{target.Survey.Path}/{RedisFinder.DataDirectory}";
        foreach (var redis in target.Services.Redis)
            if (redis.OutsideOf(target.Redis?.Directory ?? "/data") is not { } outside || outside.TrimEnd('/') != mounted)
                throw new RelayOpsException($"'{redis.Name}' does not keep its data in {mounted}",
                    "its data directory is mounted from elsewhere, so what is restored here would not be seen by it",
                    "mount ./redis_data:/data in the compose file", ExitStatus.WrongUse);
        if (target.NativeRefusal is { } refusal)
            throw refusal;
    }
}
