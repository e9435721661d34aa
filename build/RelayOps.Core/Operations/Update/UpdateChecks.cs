using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Core.Operations.Update;

/// <summary>What must be true of a deployment before it is stopped for an update: that its data can be had back.</summary>
internal static class UpdateChecks
{
    private const long SpareBytes = 64 << 20;

    private static readonly string[] Replaced = ["data", RedisFinder.DataDirectory];

    /// <returns>Names of what is copied, and the bytes of all of it.</returns>
    /// <exception cref="RelayOpsException">It could not (<see cref="ExitStatus.WrongUse"/>), or there is no room.</exception>
    public static async Task<(IReadOnlyList<string> Names, long Bytes)> DemandAsync(IHost host, RestoreTarget target, CancellationToken cancellationToken)
    {
        foreach (var name in target.MountPoints.Intersect(Replaced))
            throw new RelayOpsException($"cannot put {name} aside on {host.Name}", "it is a file system of its own, which no rename moves",
                "mount it one directory higher", ExitStatus.WrongUse);
        RestoreChecks.DemandRedisInPlace(target);
        if (target.Redis is { Endpoint.Container: null })
            throw new RelayOpsException($"cannot update beside the redis of {host.Name}", "it runs outside of docker, where no copy of its data can be put to the test",
                "pull and start the service by hand (docker compose pull, docker compose up -d) once Backup has run", ExitStatus.WrongUse);
        var sizes = await StoppedData.MeasureAsync(host, target.Owner, Replaced, cancellationToken);
        var bytes = sizes.Values.Sum();
        if (target.Survey.FreeBytes < bytes + SpareBytes)
            throw new RelayOpsException($"there is not enough room on {host.Name}",
                $"a copy of the data takes {bytes >> 20} MiB, {target.Survey.FreeBytes >> 20} MiB are free",
                "free disk space there (old *.bak.* directories, docker image prune)");
        return ([.. sizes.Keys], bytes);
    }
}
