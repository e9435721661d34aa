using System.Globalization;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Tests.Backups;

/// <summary>
/// A backup is written <c>day</c> in August 2025 or <c>yyyy-MM-dd</c>, perhaps <c>@HHmm</c>, then marks:
/// <c>u</c> unverified, <c>s</c> sealed, <c>q</c> quick, <c>d</c> drilled, <c>p</c> pinned, <c>n</c> without a record, <c>b</c> of another server, <c>c</c> of the configuration alone, <c>r</c> in another store.
/// Now is 2025-08-31T12:00Z. Expected is what is kept; the rest goes.
/// </summary>
public sealed class RetentionPlanTests
{
    private static readonly DateTimeOffset Now = new(2025, 8, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // The newest.
    [InlineData("keep 7", "", "")]
    [InlineData("keep 7", "31", "31")]
    [InlineData("keep 7", "31 30 29 28 27 26 25", "31 30 29 28 27 26 25")]
    [InlineData("keep 7", "31 30 29 28 27 26 25 24", "31 30 29 28 27 26 25")]
    [InlineData("keep 1", "31 30 29", "31")]
    [InlineData("keep 2", "29 31 30", "31 30")]
    [InlineData("keep 2", "31@0900 31@0800 31@0700", "31@0900 31@0800")]
    [InlineData("keep 1000000", "31 30", "31 30")]
    // A pause: counts, not ages.
    [InlineData("keep 2", "2020-01-03 2020-01-02 2020-01-01", "2020-01-03 2020-01-02")]
    [InlineData("keep 1", "2020-01-03", "2020-01-03")]
    [InlineData("keep 3", "31 2020-01-02 2020-01-01", "31 2020-01-02 2020-01-01")]
    // Unverified ones do not count, and stay while they would if they did.
    [InlineData("keep 1", "31u 30 29", "31u 30")]
    [InlineData("keep 1", "31 30u 29", "31")]
    [InlineData("keep 2", "31 30u 29 28u 27", "31 30u 29")]
    [InlineData("keep 2", "31u 30u 29u 28", "31u 30u 29u 28")]
    [InlineData("keep 1", "31u 30u 29u", "31u 30u 29u")]
    [InlineData("keep 3", "31 30u 29u 28u 27u", "31 30u 29u 28u 27u")]
    [InlineData("keep 1", "31u 30u 29 28 27", "31u 30u 29")]
    [InlineData("keep 1 daily 9", "31 30u 29", "31 29")]
    // Every level of verification counts, sealed included.
    [InlineData("keep 1", "31s 30", "31s")]
    [InlineData("keep 1", "31q 30", "31q")]
    [InlineData("keep 2", "31s 30s 29s", "31s 30s")]
    // Pinned ones stay, and count.
    [InlineData("keep 1", "31 30 29p", "31 29p")]
    [InlineData("keep 1", "31p 30", "31p")]
    [InlineData("keep 2", "31 30p 29 28", "31 30p")]
    [InlineData("keep 1", "31 30up 29u", "31 30up")]
    [InlineData("keep 1", "31 2020-01-01p", "31 2020-01-01p")]
    [InlineData("keep 1", "31up 30", "31up 30")]
    // The newest drilled one stays, and counts; one drilled before it is like any other.
    [InlineData("keep 1", "31 30 29d 28d 27", "31 29d")]
    [InlineData("keep 1", "31d 30d 29", "31d")]
    [InlineData("keep 2", "31 30d 29 28d", "31 30d")]
    [InlineData("keep 1", "31u 30d 29", "31u 30d")]
    [InlineData("keep 1", "31 2020-01-01d", "31 2020-01-01d")]
    [InlineData("keep 1", "2036-01-01d 31 30d 29", "2036-01-01d 31 30d")]
    [InlineData("keep 1", "31 30bd 29d 28bd", "31 30bd 29d")]
    [InlineData("keep 1", "31 30d 31r 30r 29rd", "31 30d 31r 29rd")]
    [InlineData("keep 1", "31 30dp 29d", "31 30dp")]
    [InlineData("keep 1 daily 2", "31 30 29d 28d", "31 30 29d")]
    // Without a record: stay, do not count.
    [InlineData("keep 1", "31n 30 29", "31n 30")]
    [InlineData("keep 1", "31 30n 29n 28n", "31 30n 29n 28n")]
    [InlineData("keep 1", "31n 30n", "31n 30n")]
    [InlineData("keep 2", "31 30n 29 28 27n", "31 30n 29 27n")]
    // Dated in the future: stay, do not count.
    [InlineData("keep 1", "2036-01-01 31 30", "2036-01-01 31")]
    [InlineData("keep 1", "2036-01-02 2036-01-01 31 30", "2036-01-02 2036-01-01 31")]
    [InlineData("keep 1", "2036-01-01u 31 30", "2036-01-01u 31")]
    [InlineData("keep 1 daily 1", "2036-01-01 31 30", "2036-01-01 31")]
    [InlineData("keep 1", "31@1200 31@1159", "31@1200")]
    // Clocks that differ by minutes make no future.
    [InlineData("keep 1", "31@1205 31@1159", "31@1205")]
    [InlineData("keep 1", "31@1206 31@1159 31@1158", "31@1206 31@1159")]
    // Servers are counted each by itself.
    [InlineData("keep 1", "31 30b 29 28b", "31 30b")]
    [InlineData("keep 1", "31 30 29 2020-01-01b", "31 2020-01-01b")]
    [InlineData("keep 2", "31 30 29b 28b 27 26b", "31 30 29b 28b")]
    // So are backups of some parts: they replace none of a whole deployment.
    [InlineData("keep 1", "31c 30 29 28c", "31c 30")]
    [InlineData("keep 2", "31c 30c 29c 28 27 26", "31c 30c 28 27")]
    // So are stores.
    [InlineData("keep 1", "31 31r 30 30r", "31 31r")]
    [InlineData("keep 1", "31 30 29r", "31 29r")]
    [InlineData("keep 1", "31u 31r 30 30r", "31u 31r 30")]
    // Days: those that have a backup, each by its newest.
    [InlineData("keep 1 daily 3", "31 30 29 28", "31 30 29")]
    [InlineData("keep 1 daily 2", "31@0900 31@0800 30@0900 30@0800", "31@0900 30@0900")]
    [InlineData("keep 2 daily 2", "31@0900 31@0800 31@0700 30@0900 30@0800", "31@0900 31@0800 30@0900")]
    [InlineData("keep 1 daily 3", "31 20 2020-01-02 2020-01-01", "31 20 2020-01-02")]
    [InlineData("keep 1 daily 1", "31 30", "31")]
    [InlineData("keep 1 daily 2", "31@0000 30@2359 30@0000", "31@0000 30@2359")]
    [InlineData("keep 1 daily 2", "31 30@0900u 30@0800", "31 30@0800")]
    // Weeks begin on Monday; 2025-08-31 is a Sunday. ISO weeks cross the year's end.
    [InlineData("keep 1 weekly 2", "31 25 24 18", "31 24")]
    [InlineData("keep 1 weekly 3", "31 24 17 10", "31 24 17")]
    [InlineData("keep 1 weekly 2", "2025-01-01 2024-12-30 2024-12-29", "2025-01-01 2024-12-29")]
    [InlineData("keep 1 weekly 2", "31 2024-01-05 2023-01-05", "31 2024-01-05")]
    // Months.
    [InlineData("keep 1 monthly 3", "31 1 2025-07-31 2025-07-01 2025-06-15 2025-05-15", "31 2025-07-31 2025-06-15")]
    [InlineData("keep 1 monthly 2", "2025-01-01 2024-12-31 2024-12-01 2024-11-30", "2025-01-01 2024-12-31")]
    [InlineData("keep 1 monthly 2", "31 2024-08-31 2023-08-31", "31 2024-08-31")]
    // All together.
    [InlineData("keep 2 daily 3 weekly 2 monthly 2", "31 30 29 28 24 23 2025-07-31 2025-07-01", "31 30 29 24 2025-07-31")]
    [InlineData("keep 1 daily 2 weekly 2 monthly 2", "31p 30u 29n 28 24 2025-07-31b 2025-07-30", "31p 29n 28 24 2025-07-31b 2025-07-30")]
    public void Make_keeps_what_the_policy_says(string policy, string backups, string kept)
    {
        var all = Words(backups);

        var plan = RetentionPlan.Make([.. all.Select(Parse)], Policy(policy), Now);

        var names = all.ToDictionary(Parse);
        Assert.Equal(Words(kept).Order(), plan.Kept.Select(decision => names[decision.Backup]).Order());
        Assert.Equal(all.Length, plan.Decisions.Length);
    }

    [Theory]
    [InlineData("keep 0")]
    [InlineData("keep -1")]
    [InlineData("keep 1 daily -1")]
    [InlineData("keep 1 weekly -1")]
    [InlineData("keep 1 monthly -1")]
    public void Make_ends_in_exit_2_for_a_policy_that_keeps_nothing(string policy)
    {
        var error = Assert.Throws<RelayOpsException>(() => RetentionPlan.Make([Parse("31")], Policy(policy), Now));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
    }

    [Theory]
    [InlineData("31", "newest 1 of 2, day 2025-08-31, week 2025-W35, month 2025-08")]
    [InlineData("30p", "pinned, newest 2 of 2")]
    [InlineData("29", "2 newer verified backups")]
    [InlineData("27d", "newest drilled")]
    [InlineData("26d", "4 newer verified backups")]
    [InlineData("28n", "no record")]
    [InlineData("31@0100u", "unverified, and only 1 newer verified")]
    [InlineData("2036-01-01", "dated in the future")]
    public void Make_says_why(string backup, string reason)
    {
        var plan = RetentionPlan.Make([.. Words("2036-01-01 31 31@0100u 30p 29 28n 27d 26d").Select(Parse)], Policy("keep 2 daily 1 weekly 1 monthly 1"), Now);

        Assert.Equal(reason, plan.Decisions.Single(decision => decision.Backup == Parse(backup)).Reason);
    }

    [Fact]
    public void Case25_RetentionThatDeletesTheLastGoodOne_never_happens_whatever_there_is()
    {
        var random = new Random(25);
        string[] marks = ["", "", "u", "s", "p", "n", "b", "r", "d", "bd", "ub", "up"];
        for (var round = 0; round < 5_000; round++)
        {
            var backups = Enumerable.Range(0, random.Next(1, 20))
                .Select(_ => Parse($"{random.Next(2019, 2027)}-{random.Next(1, 13):00}-{random.Next(1, 29):00}{marks[random.Next(marks.Length)]}"))
                .Distinct().ToList();
            var policy = new RetentionPolicy { Keep = random.Next(1, 4), KeepDaily = random.Next(3), KeepWeekly = random.Next(3), KeepMonthly = random.Next(3) };

            var kept = RetentionPlan.Make(backups, policy, Now).Kept.Select(decision => decision.Backup).ToHashSet();

            foreach (var group in backups.Where(backup => backup.IsDrilled).GroupBy(backup => (backup.Store, backup.ServerId)))
                Assert.True(group.Any(kept.Contains), $"round {round}");
            foreach (var group in backups.Where(backup => backup.IsVerified).GroupBy(backup => (backup.Store, backup.ServerId)))
                Assert.True(group.Count(kept.Contains) >= Math.Min(policy.Keep, group.Count()), $"round {round}");
        }
    }

    private static RetentionPolicy Policy(string text)
    {
        var numbers = Words(text).Chunk(2).ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        return new RetentionPolicy
        {
            Keep = numbers["keep"],
            KeepDaily = numbers.GetValueOrDefault("daily"),
            KeepWeekly = numbers.GetValueOrDefault("weekly"),
            KeepMonthly = numbers.GetValueOrDefault("monthly"),
        };
    }

    private static RetainedBackup Parse(string text)
    {
        var marks = text.TrimStart("0123456789-@".ToCharArray());
        var parts = text[..^marks.Length].Split('@');
        var date = parts[0].Contains('-', StringComparison.Ordinal) ? parts[0] : $"2025-08-{int.Parse(parts[0], CultureInfo.InvariantCulture):00}";
        var id = $"{date.Replace("-", "", StringComparison.Ordinal)}_{parts.ElementAtOrDefault(1) ?? "0200"}00";
        return new RetainedBackup
        {
            Id = BackupId.Get(id),
            Store = marks.Contains('r', StringComparison.Ordinal) ? "release" : "local",
            Archive = $"claude-relay-backup-{id}.tar.gz",
            ServerId = marks.Contains('n', StringComparison.Ordinal) ? null : marks.Contains('b', StringComparison.Ordinal) ? "b" : "a",
            Verified = marks.Contains('d', StringComparison.Ordinal) ? VerificationLevel.Drill : marks.Contains('u', StringComparison.Ordinal) || marks.Contains('n', StringComparison.Ordinal) ? VerificationLevel.None
                : marks.Contains('s', StringComparison.Ordinal) ? VerificationLevel.Sealed
                : marks.Contains('q', StringComparison.Ordinal) ? VerificationLevel.Quick : VerificationLevel.Deep,
            Only = marks.Contains('c', StringComparison.Ordinal) ? "config" : null,
            Pinned = marks.Contains('p', StringComparison.Ordinal),
        };
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
