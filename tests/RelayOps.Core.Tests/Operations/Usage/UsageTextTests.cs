using RelayOps.Core.Operations.Usage;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Operations.Usage;

public sealed class UsageTextTests
{
    private static readonly DateTimeOffset At = new(2025, 8, 5, 0, 0, 0, TimeSpan.Zero);

    private static readonly UsageReport Report = new()
    {
        Server = "local",
        DeploymentPath = "/srv/relay",
        At = At,
        Disk = new DiskSpace(10_000_000, 4_000_000, 6_000_000),
        Entries = [new("redis_data", 2_400_000), new("redis_data.bak.20250801_000000", 1_200_000), new("closed", null)],
        Docker = [new("image redis:7", 100_000_000)],
        Redis = new UsedByKeys("20250804_000000", "local", [new PrefixFigures("usage", 12, 1_000, 0, null, null)]),
        Measurements = 4,
        History = [new(At.AddDays(-3), 0, 1), new(At, 3_600_000, 1)],
    };

    [Fact]
    public void Lines_have_bars_in_proportion_and_say_what_is_unknown()
    {
        Assert.Equal(
        [
            "/srv/relay on local: 3.60 MB, of which 1.20 MB are safety copies",
            "  redis_data                       2.40 MB  ████████████████████████",
            "  redis_data.bak.20250801_000000   1.20 MB  ████████████",
            "  closed                           unknown",
            "docker keeps for it:",
            "  image redis:7    100 MB  ████████████████████████",
            "redis, by key prefix, in the dump of backup 20250804_000000 (store local):",
            "  usage   1.00 kB  ████████████████████████  12 keys",
            "disk: 4.00 MB of 10.0 MB used, 6.00 MB free",
            "deployment, the last 2 runs: ▁█",
            "too little history for a forecast: 4 of at least 3 runs, over 3.0 days of at least 1",
        ], UsageText.Lines(Report).AsEnumerable());
    }

    [Fact]
    public void Growth_tells_when_the_disk_is_full()
    {
        var grown = Report with { GrowthPerDay = 100_000, DiskGrowthPerDay = 200_000, DiskFullAt = At.AddDays(30) };

        Assert.Equal("growth: deployment +100 kB a day, disk +200 kB a day; the disk is full in about 30 d, on 2025-09-04", UsageText.Growth(grown));
        Assert.EndsWith("the disk does not fill within ten years", UsageText.Growth(grown with { DiskFullAt = null }), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_takes_du_as_gnu_and_busybox_print_it()
    {
        var usage = DiskUsage.Parse("disk 100 40 60\nentry 12 data\nentry closed redis_data\nentry 4 a name\nnoise\n")!;

        Assert.Equal(new DiskSpace(102_400, 40_960, 61_440), usage.Disk);
        Assert.Equal([new UsedSpace("data", 12_288), new UsedSpace("a name", 4_096), new UsedSpace("redis_data", null)], usage.Entries.AsEnumerable());
        Assert.Null(DiskUsage.Parse("sh: not found"));
    }

    [Fact]
    public void Find_reads_what_Write_wrote_and_nothing_else()
    {
        var measurement = new UsageMeasurement { ServerId = "s", At = At, DeploymentBytes = 1, DiskUsedBytes = 2, DiskFreeBytes = 3 };
        var line = UsageHistoryJson.Write(measurement);

        Assert.DoesNotContain('\n', line);
        Assert.Equal(line, UsageHistoryJson.Write(UsageHistoryJson.Find(line)!));
        Assert.Null(UsageHistoryJson.Find(line[..^5]));
    }
}
