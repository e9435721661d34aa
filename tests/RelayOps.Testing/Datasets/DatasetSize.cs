namespace RelayOps.Testing.Datasets;

/// <summary>How much a deployment holds.</summary>
/// <param name="ApiKeys">Clients; each brings about 60 keys of usage.</param>
/// <param name="RecordBytes">Usage records, kept: they are in the RDB as well.</param>
/// <param name="UpdateBytes">Counters counted on: they grow the append-only file alone.</param>
public sealed record DatasetSize(int ApiKeys, long RecordBytes, long UpdateBytes)
{
    /// <summary>About 1,300 keys, as after light use.</summary>
    public static readonly DatasetSize Tiny = new(20, 0, 0);

    /// <summary>Append-only file 30 MB, RDB about 2 MB.</summary>
    public static readonly DatasetSize Small = new(40, 2_000_000, 27_000_000);

    /// <summary>1 GB of commands, RDB about 380 MB: for benchmarks.</summary>
    public static readonly DatasetSize Large = new(400, 560_000_000, 450_000_000);
}
