using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The backups there are, and whether they would be of use.</summary>
internal static class BackupChecks
{
    private static readonly TimeSpan DrillEvery = TimeSpan.FromDays(35);

    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        DoctorCheck.Gate("backups.stores", "what cannot be listed cannot be restored", facts => facts.Backups, Listed),
        new("backups.age", "everything since the newest verified backup would be lost", Age),
        Everywhere("verified", "a backup that nobody has read back may be none", Verified),
        new("backups.drilled", "only a backup that a real Redis has loaded is known to load", Drilled),
        Everywhere("records", "an archive that is not the one that was verified is not to be relied on", Records),
        Everywhere("future", "a backup of tomorrow hides every one of today", (facts, backups) =>
            backups.Own.FirstOrDefault(backup => backup.Id.IsAheadOf(facts.Now)) is { } future
                ? Judgement.Warning($"{future.Id} is dated in the future", "mend the clock of the machine that made it; retention leaves such backups alone") : Judgement.Passed("none is dated in the future")),
        Everywhere("size", "a dataset that collapsed was lost before it was backed up", Size),
        new("backups.off-site", "a backup on the same disk, or in the same room, is lost with it", OffSite),
        Check("encrypted", "an archive holds every secret of the service, and a remote store has other readers", Encrypted),
        Check("retention", "damage that is noticed late needs an old backup", Retention),
    ];

    private static DoctorCheck Check(string name, string why, Func<BackupFacts, Judgement> judge) => new($"backups.{name}", why, facts => With(facts, judge));

    /// <summary>Judges what every store has: while one does not answer, nobody knows that all is well.</summary>
    private static DoctorCheck Everywhere(string name, string why, Func<DoctorFacts, BackupFacts, Judgement> judge) => new($"backups.{name}", why, facts => With(facts, backups =>
    {
        var judged = judge(facts, backups);
        return judged.Outcome is CheckOutcome.Passed or CheckOutcome.NotChecked && BackupFacts.FindUnasked(backups.Stores) is { } unasked ? Judgement.NotChecked(unasked) : judged;
    }));

    private static Judgement With(DoctorFacts facts, Func<BackupFacts, Judgement> judge) =>
        facts.Backups.Facts is { } backups ? judge(backups) : Judgement.NotChecked(facts.Backups.Reason);

    private static Judgement Listed(BackupFacts backups)
    {
        var failed = backups.Stores.Where(store => store.Error is not null).ToList();
        return failed.Count > 0
            ? Judgement.Error(string.Join("; ", failed.Select(store => $"store {store.Name}: {store.Error!.What}: {store.Error.Why}")), string.Join("; ", failed.Select(store => store.Error!.Next).Distinct()))
            : Judgement.Passed(string.Join(", ", backups.Stores.Select(store => $"{store.Name}: {store.Backups.Length}")));
    }

    /// <summary>Those that stand for the state of the backups, newest first; one of tomorrow is told by a check of its own.</summary>
    private static IEnumerable<StoredBackup> Reliable(DoctorFacts facts, IEnumerable<StoredBackup> own) =>
        own.Where(backup => backup.IsReliable && !backup.Id.IsAheadOf(facts.Now));

    private static Judgement Age(DoctorFacts facts) => With(facts, backups =>
    {
        if (Reliable(facts, backups.Own).FirstOrDefault() is not { } newest)
            return BackupFacts.FindUnasked(backups.Stores) is { } unasked ? Judgement.NotChecked(unasked)
                : Judgement.Warning("there is no verified backup of this server", "run the Backup target");
        var found = $"{newest.Id}, {Figures.Age(facts.Now - newest.Id.Time)} old";
        return facts.Now - newest.Id.Time > backups.MaxAge
            ? Judgement.Error($"{found}; --max-age is {Figures.Duration(backups.MaxAge)}", "run the Backup target, and see why its schedule did not") : Judgement.Passed(found);
    });

    private static Judgement Verified(DoctorFacts facts, BackupFacts backups) => backups.Own.FirstOrDefault(backup => backup.Record is not null && !backup.Id.IsAheadOf(facts.Now)) switch
    {
        null => Judgement.NotChecked("there is no backup of this server"),
        { Record.Verified: VerificationLevel.None } newest => Judgement.Error($"{newest.Id} was never verified", $"run Verify --backup-id {newest.Id}"),
        { Record.Verified: VerificationLevel.Sealed or VerificationLevel.Quick } newest => Judgement.Warning(
            $"{newest.Id} is verified at level {newest.Record!.Verified.ToString().ToLowerInvariant()}: its contents were not read back", $"run Verify --backup-id {newest.Id}, with --identity or PASSPHRASE where it is encrypted"),
        var newest => Judgement.Passed($"{newest.Id}: {newest.Record!.Verified.ToString().ToLowerInvariant()}"),
    };

    private static Judgement Drilled(DoctorFacts facts) => With(facts, backups =>
    {
        var reliable = Reliable(facts, backups.Own).ToList();
        if (reliable.Count == 0)
            return Judgement.NotChecked(BackupFacts.FindUnasked(backups.Stores) ?? "there is no verified backup of this server");
        if (reliable.FirstOrDefault(backup => backup.Record!.Verified == VerificationLevel.Drill) is not { } drilled)
            return Judgement.Warning("no backup was ever drilled", "run Verify --level drill, once a week");
        var age = facts.Now - drilled.Id.Time;
        return age > DrillEvery ? Judgement.Warning($"the newest that was drilled is {drilled.Id}, {Figures.Age(age)} old", "run Verify --level drill, once a week")
            : Judgement.Passed($"{drilled.Id}, {Figures.Age(age)} old");
    });

    private static Judgement Records(DoctorFacts _, BackupFacts backups)
    {
        var changed = backups.Own.Where(backup => backup.Record is { } record && record.SizeBytes != backup.SizeBytes).Select(backup => backup.Archive).ToList();
        return changed.Count > 0 ? Judgement.Error($"of another size than when it was made: {string.Join(", ", changed)}", "run Verify on it; restore from another backup")
            : backups.Own.IsEmpty ? Judgement.NotChecked("there is no backup of this server") : Judgement.Passed("every archive has the size of its record");
    }

    private static Judgement Size(DoctorFacts facts, BackupFacts backups)
    {
        if (backups.Own.Where(backup => backup.Record?.Keys is not null && !backup.Id.IsAheadOf(facts.Now)).DistinctBy(backup => backup.Id).Take(2).ToList() is not [var newest, var before])
            return Judgement.NotChecked("there are not two backups to compare");
        var found = $"{Figures.Count(newest.Record!.Keys!.Value)} keys in {newest.Id}, {Figures.Count(before.Record!.Keys!.Value)} in {before.Id}";
        return newest.Record.Keys * 2 < before.Record.Keys
            ? Judgement.Warning(found, $"find out what was lost; run Pin --backup-id {before.Id}, so that it stays meanwhile") : Judgement.Passed(found);
    }

    /// <summary>A store that was named keeps nothing yet: what counts is a copy there that could be restored today.</summary>
    private static Judgement OffSite(DoctorFacts facts) => With(facts, backups =>
    {
        const string next = "see why it did not arrive there, and run Backup or Copy with --store local+release or the like";
        if (!backups.Remote.Any())
            return Judgement.Warning("every backup is in the local store", "pass --store local+release with --encrypt-to, or copy the directory elsewhere");
        var newest = Reliable(facts, backups.OwnIn(backups.Remote)).FirstOrDefault();
        var found = newest is null ? "no verified backup of this server" : $"{newest.Id} in store {newest.Store}, {Figures.Age(facts.Now - newest.Id.Time)} old";
        if (newest is not null && facts.Now - newest.Id.Time <= backups.MaxAge)
            return Judgement.Passed(found);
        return BackupFacts.FindUnasked(backups.Remote) is { } unasked ? Judgement.NotChecked(unasked)
            : newest is null ? Judgement.Warning($"{found} is in {string.Join(", ", backups.Remote.Select(store => store.Name))}", next)
            : Judgement.Warning($"the newest copy elsewhere is {found}; --max-age is {Figures.Duration(backups.MaxAge)}", next);
    });

    private static Judgement Encrypted(BackupFacts backups)
    {
        var remote = backups.Remote.ToList();
        if (remote.Count == 0)
            return Judgement.Passed("nothing leaves this machine");
        if (remote.SelectMany(store => store.Backups).FirstOrDefault(backup => backup.Encryption is null) is { } plain)
            return Judgement.Error($"{plain.Archive} lies in store {plain.Store} as it is", "delete it there, take its secrets for known, and pass --encrypt-to from now on");
        if (!backups.IsEncrypting)
            return Judgement.Error("new backups would not be encrypted", "pass --encrypt-to");
        return BackupFacts.FindUnasked(remote) is { } unasked ? Judgement.NotChecked(unasked) : Judgement.Passed("every remote backup is, and new ones will be");
    }

    private static Judgement Retention(BackupFacts backups) => backups.Retention switch
    {
        { Keep: < 1 } => Judgement.Error($"--keep {backups.Retention.Keep} is refused", "give --keep 1 or more"),
        { KeepDaily: < 0 } or { KeepWeekly: < 0 } or { KeepMonthly: < 0 } => Judgement.Error("a count cannot be negative", "give 0 or more"),
        { Keep: < 3, KeepDaily: 0, KeepWeekly: 0, KeepMonthly: 0 } => Judgement.Warning($"only the {(backups.Retention.Keep == 1 ? "newest backup is" : "newest two are")} kept", "keep 7, and some weeks: --keep 7 --keep-weekly 4"),
        var policy => Judgement.Passed($"{policy.Keep} newest, {policy.KeepDaily} days, {policy.KeepWeekly} weeks, {policy.KeepMonthly} months"),
    };
}
