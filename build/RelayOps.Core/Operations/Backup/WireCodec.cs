namespace RelayOps.Core.Operations.Backup;

/// <summary>Decides whether the server compresses what it sends.</summary>
/// <remarks>
/// A server's core compresses at about 230 MB/s with zstd -1 and, with the gzip of a small container, at 35 MB/s, to about 0.55 and 0.50 of
/// a dump's size (a dump is compressed in part by Redis itself). A stream is as fast as its slowest part, so compression pays where the link
/// is the slower one; and only where it pays well, since the cores it takes are those that serve clients.
/// </remarks>
public static class WireCodec
{
    public const string None = "none";

    private static readonly (string Name, double BytesPerSecond, double Ratio)[] Candidates =
        [("zstd", 230e6, 0.55), ("gzip", 35e6, 0.50)];

    /// <summary>A stream on this very machine, or one as fast: nothing to gain.</summary>
    public const double FastEnough = 120e6;

    private const double WorthIt = 1.25;

    /// <param name="linkBytesPerSecond">As measured with the first sample, uncompressed.</param>
    /// <param name="tools">What is there on the server's side of the wire, and what this side can undo.</param>
    /// <returns><c>none</c>, <c>gzip</c> or <c>zstd</c>.</returns>
    public static string Choose(double linkBytesPerSecond, IReadOnlySet<string> tools)
    {
        if (linkBytesPerSecond >= FastEnough)
            return None;
        var best = (Name: None, Rate: linkBytesPerSecond);
        foreach (var (name, rate, ratio) in Candidates.Where(candidate => tools.Contains(candidate.Name)))
        {
            var effective = Math.Min(rate, linkBytesPerSecond / ratio);
            if (effective > best.Rate * (best.Name == None ? WorthIt : 1))
                best = (name, effective);
        }

        return best.Name;
    }
}
