namespace RelayOps.Core.Operations.Usage;

/// <summary>How fast something grows.</summary>
/// <param name="BytesPerDay">Below zero where it shrinks.</param>
public sealed record UsageTrend(double BytesPerDay)
{
    public const int FewestMeasurements = 3;

    /// <summary>Growth of hours says nothing of days.</summary>
    public static readonly TimeSpan ShortestHistory = TimeSpan.FromDays(1);

    /// <summary>What was longer ago tells little of now.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromDays(90);

    /// <summary>Pairs are compared, so the effort is the square of it.</summary>
    private const int MostMeasurements = 400;

    private static readonly TimeSpan Farthest = TimeSpan.FromDays(3650);

    /// <summary>
    /// The median of the slopes between all pairs (Theil and Sen): one clean-up, or one upload that was removed again, does not bend it.
    /// Null with too little history.
    /// </summary>
    public static UsageTrend? Of(IReadOnlyList<UsageMeasurement> history, Func<UsageMeasurement, long> figure)
    {
        if (history.Count == 0)
            return null;
        var recent = history.Where(one => history[^1].At - one.At <= Window).TakeLast(MostMeasurements).ToList();
        if (recent.Count < FewestMeasurements || recent[^1].At - recent[0].At < ShortestHistory)
            return null;
        var slopes = new List<double>(recent.Count * (recent.Count - 1) / 2);
        for (var later = 1; later < recent.Count; later++)
            for (var earlier = 0; earlier < later; earlier++)
                if ((recent[later].At - recent[earlier].At).TotalDays is > 0 and var days)
                    slopes.Add((figure(recent[later]) - figure(recent[earlier])) / days);
        slopes.Sort();
        return new UsageTrend(slopes.Count % 2 == 1 ? slopes[slopes.Count / 2] : (slopes[slopes.Count / 2 - 1] + slopes[slopes.Count / 2]) / 2);
    }

    /// <summary>When so many bytes are used up; null where that is never, or more than ten years away.</summary>
    public TimeSpan? Until(long freeBytes) =>
        BytesPerDay > 0 && freeBytes / BytesPerDay < Farthest.TotalDays ? TimeSpan.FromDays(freeBytes / BytesPerDay) : null;
}
