using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Verification;

/// <summary>Has a real Redis on this machine load a dataset.</summary>
public interface IDrill
{
    /// <summary>Makes room that nobody else can read.</summary>
    /// <exception cref="RelayOpsException">There is no Redis to be had (<see cref="ExitStatus.WrongUse"/>).</exception>
    Task<IDrillGround> PrepareAsync(CancellationToken cancellationToken);
}

/// <summary>A directory for a dataset, and a Redis for it. Disposing ends the one and removes the other.</summary>
public interface IDrillGround : IAsyncDisposable
{
    /// <summary>Begins a file. Paths are below Redis' data directory, checked, with '/'.</summary>
    Stream Create(string path);

    /// <summary>Makes <paramref name="path"/> the same file as <paramref name="target"/>.</summary>
    void Link(string path, string target);

    /// <summary>Starts Redis on what is there, waits until it has loaded it, asks for its counts, and ends it.</summary>
    /// <exception cref="RelayOpsException">It did not load it; the last lines of its log are the reason.</exception>
    Task<DrillOutcome> LoadAsync(DrillLayout layout, CancellationToken cancellationToken);
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
public sealed record DrillOutcome(string By, DatasetCounts Counts);
