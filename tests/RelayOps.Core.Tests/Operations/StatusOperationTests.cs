using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations.Status;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations;

public sealed class StatusOperationTests
{
    private readonly MemoryStore store = new("local");
    private readonly MemoryStore remote = new("rclone:there");
    private readonly NotingReporter reporter = new();

    [Fact]
    public async Task RunAsync_tells_the_newest_verified_backup()
    {
        store.Add("20250804_120000", verified: VerificationLevel.Drill);
        store.Add("20250805_120000", verified: VerificationLevel.Sealed);
        store.Add("20250805_130000", verified: VerificationLevel.None);
        store.Add("20250805_140000", hasRecord: false);

        var newest = await RunAsync();

        Assert.Equal("20250805_120000", newest.Id);
        Assert.Contains(reporter.Lines, line => line.Contains("newest drilled backup: 20250804_120000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_fails_when_it_is_older_than_allowed()
    {
        store.Add("20250804_120000");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => RunAsync());

        Assert.Equal(ExitStatus.Failed, error.Status);
        Assert.Contains("20250804_120000", error.Why, StringComparison.Ordinal);
        Assert.Contains("26", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_does_not_let_one_server_stand_for_another()
    {
        store.Add("20250805_120000", server: "paris");
        store.Add("20250801_120000", server: "tokyo");

        await RunAsync("paris.example.org");
        await Assert.ThrowsAsync<RelayOpsException>(() => RunAsync("tokyo.example.org"));
        await Assert.ThrowsAsync<RelayOpsException>(() => RunAsync("oslo.example.org"));
    }

    [Fact]
    public async Task RunAsync_tells_the_age_of_the_backups_even_when_the_server_cannot_be_reached()
    {
        store.Add("20250801_120000");

        var report = await LookAsync(null, _ => throw new RelayOpsException("cannot connect", "nobody listens", "start it", ExitStatus.NoConnection));

        Assert.Equal("20250801_120000", report.VerifiedBackup?.Id);
        Assert.Equal(2, report.Problems.Length);
        Assert.Equal(ExitStatus.NoConnection, Assert.Throws<RelayOpsException>(report.Demand).Status);
    }

    [Fact]
    public async Task RunAsync_fails_when_a_store_cannot_be_asked_and_tells_the_age_of_the_other_ones_backups()
    {
        store.Add("20250805_120000");
        remote.Silence = new RelayOpsException("cannot list store rclone:there", "connection refused", "try it by hand", ExitStatus.NoConnection);

        var report = await LookAsync(null, look: null);

        Assert.Equal("20250805_120000", report.VerifiedBackup?.Id);
        Assert.Equal((ExitStatus.NoConnection, "connection refused"), (report.Status, Assert.Single(report.Problems).Why));
    }

    /// <summary>One wrong clock must not keep every backup that did not come since from being missed.</summary>
    [Fact]
    public async Task RunAsync_fails_for_a_backup_of_tomorrow_and_tells_the_age_of_the_one_before()
    {
        store.Add("20250804_120000", verified: VerificationLevel.Drill);
        remote.Add("20260805_120000", verified: VerificationLevel.Drill);

        var report = await LookAsync(null, look: null);

        Assert.Equal(("20250804_120000", "20250804_120000"), (report.VerifiedBackup?.Id, report.DrilledBackup?.Id));
        Assert.Equal(["a verified backup is dated in the future", "the newest verified backup is too old"], report.Problems.Select(problem => problem.What));
        Assert.Contains("20260805_120000 in store rclone:there", report.Problems[0].Why, StringComparison.Ordinal);
        Assert.Contains("clock", report.Problems[0].Next, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.Failed, report.Status);
    }

    [Fact]
    public async Task RunAsync_has_no_backup_where_all_are_of_tomorrow()
    {
        store.Add("20260805_120000", server: "paris");
        store.Add("20250805_120000", server: "tokyo");

        var report = await LookAsync("paris.example.org", look: null);

        Assert.Null(report.VerifiedBackup);
        Assert.Equal(["a verified backup is dated in the future", "there is no verified backup"], report.Problems.Select(problem => problem.What));
    }

    /// <summary>Of minutes: the machine that makes backups and the one that watches them need not agree to the second.</summary>
    [Theory]
    [InlineData("20250805_180459", true)]
    [InlineData("20250805_180501", false)]
    public async Task RunAsync_bears_clocks_that_differ_a_little(string id, bool counts)
    {
        store.Add("20250805_120000");
        store.Add(id);

        var report = await LookAsync(null, look: null);

        Assert.Equal(counts ? new BackupAge(id, 0, "local") : new BackupAge("20250805_120000", 6 * 3600, "local"), report.VerifiedBackup);
        Assert.Equal(counts, report.Problems.IsEmpty);
    }

    [Theory]
    [InlineData("healthy", true, true, null)]
    [InlineData("/health does not answer", true, true, "the service on relay is not healthy")]
    [InlineData("healthy", false, true, "redis on relay cannot save")]
    [InlineData("healthy", true, false, "redis on relay cannot save")]
    public async Task RunAsync_fails_when_service_or_redis_is_not_well(string health, bool saved, bool appended, string? problem)
    {
        store.Add("20250805_120000");
        var redis = new RedisStatus
        {
            Version = "7.0.15",
            Keys = 5,
            UsedMemoryBytes = 1_000_000,
            LastSaveSucceeded = saved,
            LastSavedAt = null,
            LastAppendSucceeded = appended,
        };

        var report = await LookAsync(null, _ => Task.FromResult(Server(health, redis)));

        Assert.Equal(problem, report.Problems.SingleOrDefault()?.What);
        Assert.Equal(problem is null ? ExitStatus.Done : ExitStatus.Failed, report.Status);
        Assert.Contains(reporter.Lines, line => line == "warning: less disk is free on relay than redis has in memory: it may not be able to save");
    }

    [Fact]
    public async Task RunAsync_fails_when_redis_does_not_answer()
    {
        store.Add("20250805_120000");

        var report = await LookAsync(null, _ => Task.FromResult(Server("healthy", redis: null)));

        Assert.Equal("it is away", Assert.Throws<RelayOpsException>(report.Demand).Why);
        Assert.Contains("\"redis\": null", report.ToJson(), StringComparison.Ordinal);
    }

    private static ServerStatus Server(string health, RedisStatus? redis) => new()
    {
        Name = "relay",
        Path = "/srv/relay",
        Health = health,
        Redis = redis,
        RedisError = redis is null ? "it is away" : null,
        Containers = [],
        FreeBytes = 500_000,
    };

    private async Task<BackupAge> RunAsync(string? server = null)
    {
        var report = await LookAsync(server, look: null);
        report.Demand();
        return report.VerifiedBackup!;
    }

    private Task<StatusReport> LookAsync(string? server, Func<CancellationToken, Task<ServerStatus>>? look) =>
        new StatusOperation(new BackupCatalogue([store, remote], reporter), reporter, new FakeTimeProvider(new DateTimeOffset(2025, 8, 5, 18, 0, 0, TimeSpan.Zero)))
            .RunAsync(new StatusRequest { ServerName = server, MaxAge = TimeSpan.FromHours(26) }, look, CancellationToken.None);
}
