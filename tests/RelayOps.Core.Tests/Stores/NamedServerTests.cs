using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Operations;

namespace RelayOps.Core.Tests.Stores;

/// <summary>What <c>latest</c> means where a store holds the backups of a fleet.</summary>
public sealed class NamedServerTests
{
    private readonly MemoryStore store = new("local");
    private readonly NotingReporter reporter = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2025, 8, 3, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("~/claude-relay-deployment")]
    [InlineData("/home/ubuntu/claude-relay-deployment/")]
    public async Task GetAsync_takes_latest_for_the_newest_of_the_named_deployment(string path)
    {
        store.Add("20250803_000000", server: "b");
        store.Add("20250802_000000", server: "a");
        store.Add("20250801_000000", server: "a");

        Assert.Equal("20250802_000000", await LatestAsync(new NamedServer("a.example.org", path)));
        Assert.Empty(reporter.Lines);
    }

    [Theory]
    [InlineData("c.example.org", "~/claude-relay-deployment")]
    [InlineData("a.example.org", "~/another")]
    [InlineData("a.example.org", "/home/other/claude-relay-deployment")]
    public async Task GetAsync_takes_no_other_deployments_backup_for_the_newest_where_there_are_several(string server, string path)
    {
        store.Add("20250803_000000", server: "b");
        store.Add("20250802_000000", server: "a");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => LatestAsync(new NamedServer(server, path)));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("20250803_000000, is one of /home/ubuntu/claude-relay-deployment on b.example.org", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_takes_the_newest_where_all_are_of_one_deployment_whatever_it_is_called_now()
    {
        store.Add("20250802_000000", hasRecord: false);
        store.Add("20250801_000000", server: "a");

        Assert.Equal("20250802_000000", await LatestAsync(new NamedServer("moved.example.org", "/srv/relay")));
    }

    [Fact]
    public async Task GetAsync_says_whose_the_newest_is_where_nobody_named_one_of_several()
    {
        store.Add("20250803_000000", server: "b");
        store.Add("20250802_000000", server: "a");

        Assert.Equal("20250803_000000", await LatestAsync(server: null));
        Assert.Contains("on b.example.org, and there are backups of 2 deployments", Assert.Single(reporter.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_takes_none_that_is_dated_in_the_future_while_there_is_another()
    {
        store.Add("20250804_000000", server: "a");
        store.Add("20250802_000000", server: "a");

        Assert.Equal("20250802_000000", await LatestAsync(server: null));
        Assert.Equal("warning: 20250804_000000 is dated in the future: nobody knows how old it is. 20250802_000000 is taken instead; pass its id if that one is meant",
            Assert.Single(reporter.Lines));
    }

    [Fact]
    public async Task GetAsync_takes_one_that_is_dated_in_the_future_where_there_is_no_other()
    {
        store.Add("20250804_000000", server: "a");

        Assert.Equal("20250804_000000", await LatestAsync(server: null));
        Assert.Contains("There is no other", Assert.Single(reporter.Lines), StringComparison.Ordinal);
    }

    private async Task<string> LatestAsync(NamedServer? server) =>
        (await new BackupCatalogue([store], reporter, server: server, clock: clock).GetAsync("latest", CancellationToken.None)).Id.ToString();
}
