using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Brings a backup up on this machine: a real Redis, and the service itself where docker has its images.</summary>
public interface IDrill
{
    /// <summary>Makes room that nobody else can read, and removes what killed drills left.</summary>
    /// <param name="contentBytes">How much will be written, by estimate: it decides between memory and disk.</param>
    /// <exception cref="RelayOpsException">There is no Redis to be had (<see cref="ExitStatus.WrongUse"/>).</exception>
    Task<IDrillGround> PrepareAsync(long contentBytes, CancellationToken cancellationToken);
}

/// <summary>A directory for a dataset, and what is started on it. Disposing ends the one and removes the other.</summary>
public interface IDrillGround : IAsyncDisposable
{
    /// <summary>Begins a file. Paths are below the deployment, e.g. <c>redis_data/dump.rdb</c>, checked, with '/'.</summary>
    Stream Create(string path);

    /// <summary>Makes <paramref name="path"/> the same file as <paramref name="target"/>.</summary>
    void Link(string path, string target);

    /// <summary>Starts Redis on what is there, waits until it has loaded it, asks for its counts, and ends it.</summary>
    /// <exception cref="RelayOpsException">It did not load it; the last lines of its log are the reason.</exception>
    Task<DrillOutcome> LoadAsync(DrillLayout layout, int database, CancellationToken cancellationToken);

    /// <summary>Starts Redis and the service from the backup's images, reachable by nobody and reaching nobody, and waits until the service is healthy.</summary>
    /// <exception cref="RelayOpsException">They were there and did not come up (<see cref="ExitStatus.BadBackup"/>).</exception>
    Task<ServiceBoot> BootAsync(ServiceRecipe recipe, CancellationToken cancellationToken);
}

/// <summary>How Redis is told to load.</summary>
/// <param name="AppendDirectory">Of the append-only files, for Redis 7 and later; null without such a directory.</param>
/// <param name="AppendFileName">E.g. <c>appendonly.aof</c>; null to load <c>dump.rdb</c> instead.</param>
public sealed record DrillLayout(string? AppendDirectory, string? AppendFileName)
{
    public static readonly DrillLayout Dump = new(null, null);
}

/// <param name="By">The Redis that loaded it.</param>
/// <param name="Counts">Expired keys included, as in a dump.</param>
/// <param name="ApiKeys">Of the service's database; null where the map is no hash.</param>
public sealed record DrillOutcome(string By, DatasetCounts Counts, ApiKeyMap? ApiKeys);
