using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations;

public sealed class StatusOperationTests
{
    private readonly MemoryStore store = new("local");
    private readonly NotingReporter reporter = new();

    [Fact]
    public async Task RunAsync_tells_the_newest_verified_backup()
    {
        store.Add("20250804_120000", verified: VerificationLevel.Drill);
        store.Add("20250805_120000", verified: VerificationLevel.Sealed);
        store.Add("20250805_130000", verified: VerificationLevel.None);
        store.Add("20250805_140000", hasRecord: false);

        var newest = await RunAsync();

        Assert.Equal("20250805_120000", newest.Id.ToString());
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

    private Task<CataloguedBackup> RunAsync(string? server = null) =>
        new StatusOperation(new BackupCatalogue([store]), reporter, new FakeTimeProvider(new DateTimeOffset(2025, 8, 5, 18, 0, 0, TimeSpan.Zero)))
            .RunAsync(new StatusRequest { ServerName = server, MaxAge = TimeSpan.FromHours(26) }, CancellationToken.None);
}
