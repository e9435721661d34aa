using System.Collections.Immutable;
using System.Globalization;

namespace RelayOps.Core.Backups;

/// <param name="Reason">Why, in the operator's words; of a kept backup all reasons.</param>
public sealed record RetentionDecision(RetainedBackup Backup, bool Keeps, string Reason);

/// <summary>Which backups stay and which go. A pure function of what there is.</summary>
/// <remarks>
/// Each server and each store is decided by itself: a copy elsewhere may be the only one left when a disk dies.
/// <list type="bullet">
/// <item>A backup goes only when <see cref="RetentionPolicy.Keep"/> newer, verified backups stand before it. Counts, never ages: after a
/// pause of a year nothing is deleted. Since Keep is at least 1, the newest verified backup never goes.</item>
/// <item>An unverified backup does not count, and stays as long as it would if it did: it may be the good one.</item>
/// <item>Days, weeks and months are represented by verified backups only.</item>
/// <item>A pinned backup stays, and counts like any other.</item>
/// <item>The newest backup that a drill brought up stays, and counts like any other.</item>
/// <item>A backup dated in the future stays and does not count: were it counted, a clock that was wrong once would push out every
/// backup made since.</item>
/// <item>An archive without a record stays and does not count: nothing tells whose it is or whether it is good.</item>
/// </list>
/// </remarks>
public sealed record RetentionPlan
{
    private RetentionPlan(ImmutableArray<RetentionDecision> decisions) => Decisions = decisions;

    /// <summary>Newest first.</summary>
    public ImmutableArray<RetentionDecision> Decisions { get; }

    public IEnumerable<RetentionDecision> Kept => Decisions.Where(decision => decision.Keeps);

    public IEnumerable<RetentionDecision> Removed => Decisions.Where(decision => !decision.Keeps);

    /// <exception cref="RelayOpsException">The policy keeps nothing (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static RetentionPlan Make(IReadOnlyList<RetainedBackup> backups, RetentionPolicy policy, DateTimeOffset now)
    {
        policy.Validate();
        var decided = backups.GroupBy(backup => (backup.Store, backup.ServerId, backup.Only)).SelectMany(group => Decide([.. NewestFirst(group)], policy, now));
        return new RetentionPlan([.. decided.OrderByDescending(decision => decision.Backup.Id).ThenBy(decision => decision.Backup.Store, StringComparer.Ordinal)
            .ThenBy(decision => decision.Backup.Archive, StringComparer.Ordinal)]);
    }

    private static IEnumerable<RetainedBackup> NewestFirst(IEnumerable<RetainedBackup> backups) =>
        backups.OrderByDescending(backup => backup.Id).ThenBy(backup => backup.Archive, StringComparer.Ordinal);

    private static IEnumerable<RetentionDecision> Decide(ImmutableArray<RetainedBackup> backups, RetentionPolicy policy, DateTimeOffset now)
    {
        var counted = backups.Where(backup => backup.IsVerified && !backup.Id.IsAheadOf(now)).ToImmutableArray();
        var represented = Representatives(counted, policy);
        var drilled = counted.FirstOrDefault(backup => backup.IsDrilled);
        foreach (var backup in backups)
        {
            var newer = counted.Count(other => other.Id > backup.Id);
            var reasons = Reasons(backup, newer, policy, now).Concat(represented[backup])
                .Concat(backup == drilled ? ["newest drilled"] : []).ToList();
            yield return reasons.Count > 0
                ? new RetentionDecision(backup, Keeps: true, string.Join(", ", reasons))
                : new RetentionDecision(backup, Keeps: false, $"{newer} newer verified {(newer == 1 ? "backup" : "backups")}");
        }
    }

    private static IEnumerable<string> Reasons(RetainedBackup backup, int newer, RetentionPolicy policy, DateTimeOffset now)
    {
        if (backup.Pinned)
            yield return "pinned";
        if (!backup.HasRecord)
            yield return "no record";
        else if (backup.Id.IsAheadOf(now))
            yield return "dated in the future";
        else if (newer < policy.Keep)
            yield return backup.IsVerified ? $"newest {newer + 1} of {policy.Keep}" : $"unverified, and only {newer} newer verified";
    }

    private static ILookup<RetainedBackup, string> Representatives(ImmutableArray<RetainedBackup> counted, RetentionPolicy policy) =>
        Newest(counted, policy.KeepDaily, backup => Text(backup, "yyyy-MM-dd"), "day")
            .Concat(Newest(counted, policy.KeepWeekly, Week, "week"))
            .Concat(Newest(counted, policy.KeepMonthly, backup => Text(backup, "yyyy-MM"), "month"))
            .ToLookup(pair => pair.Backup, pair => pair.Reason);

    private static IEnumerable<(RetainedBackup Backup, string Reason)> Newest(
        ImmutableArray<RetainedBackup> counted, int periods, Func<RetainedBackup, string> period, string word) =>
        counted.GroupBy(period).Take(periods).Select(group => (group.First(), $"{word} {group.Key}"));

    private static string Text(RetainedBackup backup, string format) => backup.Id.Time.ToString(format, CultureInfo.InvariantCulture);

    private static string Week(RetainedBackup backup)
    {
        var day = backup.Id.Time.UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(day)}-W{ISOWeek.GetWeekOfYear(day):00}");
    }
}
