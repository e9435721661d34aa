using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting;

/// <summary>How far a phase is, in words. Thread-safe.</summary>
internal sealed class PhaseState(string name, long? expectedBytes, TimeProvider time)
{
    private readonly long began = time.GetTimestamp();
    private long moved;
    private long expected = expectedBytes ?? 0;

    public string Name => name;

    public TimeSpan Elapsed => time.GetElapsedTime(began);

    public void Advance(long bytes) => Interlocked.Add(ref moved, bytes);

    public void Expect(long bytes) => Interlocked.Exchange(ref expected, bytes);

    /// <summary>E.g. <c>pack: 12.3 MB of 120 MB (10%), 2.90 MB/s, 37 s left</c>; without bytes the time alone.</summary>
    public string Running()
    {
        var (bytes, total, elapsed) = (Interlocked.Read(ref moved), Interlocked.Read(ref expected), Elapsed);
        if (bytes == 0)
            return $"{name}: {Figures.Duration(elapsed)}";
        var rate = bytes / Math.Max(elapsed.TotalSeconds, 0.001);
        var done = Figures.Bytes(bytes);
        // More than was expected: the guess was wrong, and a share of it would be nonsense.
        return total < bytes
            ? $"{name}: {done}, {Figures.Bytes(rate)}/s, {Figures.Duration(elapsed)}"
            : $"{name}: {done} of {Figures.Bytes(total)} ({100 * (double)bytes / total:0}%), {Figures.Bytes(rate)}/s, {Figures.Duration(TimeSpan.FromSeconds((total - bytes) / rate))} left";
    }

    /// <summary>E.g. <c>pack: 120 MB in 41 s (2.90 MB/s)</c>.</summary>
    public string Ended()
    {
        var (bytes, elapsed) = (Interlocked.Read(ref moved), Elapsed);
        if (bytes == 0)
            return $"{name}: {Figures.Duration(elapsed)}";
        var rate = elapsed.TotalSeconds < 0.1 ? "" : $" ({Figures.Bytes(bytes / elapsed.TotalSeconds)}/s)";
        return $"{name}: {Figures.Bytes(bytes)} in {Figures.Duration(elapsed)}{rate}";
    }
}
