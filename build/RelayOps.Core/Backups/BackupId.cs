using System.Globalization;

namespace RelayOps.Core.Backups;

/// <summary>Names a backup: <c>YYYYMMDD_HHMMSS</c> in UTC, e.g. <c>20250805_142530</c>.</summary>
public readonly record struct BackupId : IComparable<BackupId>
{
    private const string Format = "yyyyMMdd_HHmmss";

    /// <summary>The clocks of two machines may differ by so much.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private BackupId(DateTimeOffset time) => Time = time;

    public DateTimeOffset Time { get; }

    /// <summary>Dated in the future: some clock was wrong, so nobody knows how old the backup is, and it must not stand for a fresh one.</summary>
    public bool IsAheadOf(DateTimeOffset now) => Time > now + ClockTolerance;

    public static BackupId At(DateTimeOffset time) =>
        new(new DateTimeOffset(time.Year, time.Month, time.Day, time.Hour, time.Minute, time.Second, time.Offset).ToUniversalTime());

    /// <summary>The id of a backup made now; the next free second where that of now is taken.</summary>
    public static BackupId Free(DateTimeOffset now, IEnumerable<BackupId> taken)
    {
        var known = taken.ToHashSet();
        var id = At(now);
        while (known.Contains(id))
            id = At(id.Time.AddSeconds(1));
        return id;
    }

    public static BackupId? Find(string text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? new BackupId(time)
            : null;

    /// <exception cref="RelayOpsException">The text is no id (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static BackupId Get(string text) =>
        Find(text) ?? throw new RelayOpsException(
            what: $"'{text}' is not a backup id",
            why: "an id has the form YYYYMMDD_HHMMSS, e.g. 20250805_142530",
            next: "run the List target to see the ids there are",
            ExitStatus.WrongUse);

    public int CompareTo(BackupId other) => Time.CompareTo(other.Time);

    public static bool operator <(BackupId left, BackupId right) => left.CompareTo(right) < 0;

    public static bool operator >(BackupId left, BackupId right) => left.CompareTo(right) > 0;

    public static bool operator <=(BackupId left, BackupId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BackupId left, BackupId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Time.ToString(Format, CultureInfo.InvariantCulture);
}
