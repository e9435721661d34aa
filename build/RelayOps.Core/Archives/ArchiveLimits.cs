namespace RelayOps.Core.Archives;

/// <summary>What no honest backup exceeds: beyond it an archive is refused before it costs memory, disk or hours.</summary>
public sealed record ArchiveLimits
{
    public static ArchiveLimits Default { get; } = new();

    public int Entries { get; init; } = 200_000;

    /// <summary>Bytes of all names together, since they are kept in memory.</summary>
    public long NameBytes { get; init; } = 64L << 20;

    public long ContentBytes { get; init; } = 4L << 40;

    /// <summary>Content per stored byte. Logs reach 50, a file of zeros 1,000 and more.</summary>
    public int Ratio { get; init; } = 200;

    /// <summary>Up to this many bytes the ratio does not matter.</summary>
    public long RatioFreeBytes { get; init; } = 1L << 30;
}
