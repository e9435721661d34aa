using RelayOps.Core.Operations.Usage;

namespace RelayOps.Core.Tests.Operations.Usage;

public sealed class UsageTrendTests
{
    private static readonly DateTimeOffset Begin = new(2025, 8, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_is_the_slope_whatever_one_clean_up_did()
    {
        var sizes = Enumerable.Range(0, 20).Select(day => 1_000L + (day * 100)).ToArray();
        sizes[7] = 50;
        sizes[12] = 90_000;

        Assert.Equal(100, UsageTrend.Of(History(sizes), one => one.DeploymentBytes)!.BytesPerDay, precision: 6);
    }

    [Fact]
    public void Of_is_null_with_too_few_runs_or_too_short_a_time()
    {
        Assert.Null(UsageTrend.Of([], one => one.DeploymentBytes));
        Assert.Null(UsageTrend.Of(History(1, 2), one => one.DeploymentBytes));
        Assert.Null(UsageTrend.Of([.. Enumerable.Range(0, 30).Select(i => At(TimeSpan.FromMinutes(i), i))], one => one.DeploymentBytes));
        Assert.NotNull(UsageTrend.Of(History(1, 2, 3), one => one.DeploymentBytes));
    }

    [Fact]
    public void Of_forgets_what_was_a_quarter_of_a_year_ago()
    {
        UsageMeasurement[] history = [At(TimeSpan.Zero, 0), .. Enumerable.Range(200, 5).Select(day => At(TimeSpan.FromDays(day), 10 * day))];

        Assert.Equal(10, UsageTrend.Of(history, one => one.DeploymentBytes)!.BytesPerDay, precision: 6);
    }

    [Fact]
    public void Until_is_when_the_free_bytes_are_used_up()
    {
        Assert.Equal(TimeSpan.FromDays(50), new UsageTrend(100).Until(5_000));
        Assert.Null(new UsageTrend(-100).Until(5_000));
        Assert.Null(new UsageTrend(0).Until(5_000));
        Assert.Null(new UsageTrend(1).Until(5_000));
    }

    private static UsageMeasurement[] History(params long[] sizes) => [.. sizes.Select((size, day) => At(TimeSpan.FromDays(day), size))];

    private static UsageMeasurement At(TimeSpan after, long size) =>
        new() { ServerId = "server", At = Begin + after, DeploymentBytes = size, DiskUsedBytes = size, DiskFreeBytes = 1 };
}
