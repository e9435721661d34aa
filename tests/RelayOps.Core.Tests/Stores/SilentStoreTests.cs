using RelayOps.Core.Backups;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Operations;

namespace RelayOps.Core.Tests.Stores;

/// <summary>Of several stores one cannot be asked: what the others have is used, and nobody takes it for all there is.</summary>
public sealed class SilentStoreTests
{
    private const string Id = "20250805_142530";

    private readonly MemoryStore near = new("local");
    private readonly MemoryStore far = new("rclone:there");
    private readonly MemoryStore away = new("release")
    {
        Silence = new RelayOpsException("cannot list the releases", "no route to host", "try again", ExitStatus.NoConnection),
    };

    private readonly NotingReporter reporter = new();
    private readonly BackupCatalogue catalogue;

    public SilentStoreTests() => catalogue = new BackupCatalogue([near, away, far], reporter);

    [Fact]
    public async Task ListAsync_has_the_other_stores_backups_and_names_the_silent_one_once()
    {
        near.Add(Id);
        far.Add(Id);

        Assert.Equal(2, (await catalogue.ListAsync(CancellationToken.None)).Count);
        Assert.Equal(2, (await catalogue.ListAsync(CancellationToken.None)).Count);

        Assert.Equal("warning: store release could not be asked (no route to host): what it has is left out; try again",
            Assert.Single(reporter.Lines));
        Assert.Equal(1, away.Asked);
    }

    [Fact]
    public async Task GetAllAsync_has_the_copies_of_the_other_stores()
    {
        near.Add(Id);
        far.Add(Id);

        Assert.Equal(["local", "rclone:there"], (await catalogue.GetAllAsync(Id, CancellationToken.None)).Select(copy => copy.Store.Name));
    }

    [Fact]
    public async Task GetAsync_warns_that_a_newer_one_than_the_latest_may_be_in_the_silent_store()
    {
        far.Add(Id);

        Assert.Equal(Id, (await catalogue.GetAsync("latest", CancellationToken.None)).Id.ToString());

        Assert.Equal(2, reporter.Lines.Count);
        Assert.Contains("store release could not be asked and may have a newer one", reporter.Lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20250801_000000")]
    [InlineData("claude-relay-backup-20250801_000000.tar.gz")]
    public async Task GetAsync_says_which_store_could_not_be_asked_for_what_no_other_has(string name)
    {
        near.Add(Id);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => catalogue.GetAsync(name, CancellationToken.None));

        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains("store release could not be asked", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_does_not_say_that_there_is_no_backup_yet()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => catalogue.GetAsync("latest", CancellationToken.None));

        Assert.Equal((ExitStatus.NoConnection, "no backup was found"), (error.Status, error.What));
    }

    [Fact]
    public async Task ListAsync_fails_when_no_store_answers()
    {
        near.Silence = far.Silence = new RelayOpsException("cannot list it", "the disk broke", "mend it", ExitStatus.BadBackup);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => catalogue.ListAsync(CancellationToken.None));

        Assert.Equal("no store could be asked", error.What);
        Assert.All(["local", "release", "rclone:there"], name => Assert.Contains($"store {name} could not be asked", error.Why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ListAsync_tells_the_only_stores_own_error()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => new BackupCatalogue([away], reporter).ListAsync(CancellationToken.None));

        Assert.Same(away.Silence, error);
        Assert.Empty(reporter.Lines);
    }

    [Fact]
    public async Task GetComparableAsync_warns_that_there_may_be_a_newer_one()
    {
        near.Add("20250801_000000", server: "a");

        Assert.NotNull(await catalogue.GetComparableAsync("a", only: null, BackupId.Get(Id), CancellationToken.None));

        Assert.Contains("may have a newer one", reporter.Lines[^1], StringComparison.Ordinal);
    }

    /// <summary>Else a collapsed backup would push out the good ones that nobody compared it with.</summary>
    [Fact]
    public async Task Case24_RunWithNothingToBackUp_GetComparableAsync_fails_when_the_only_ones_to_compare_with_may_be_in_the_silent_store()
    {
        near.Add("20250801_000000", server: "b");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => catalogue.GetComparableAsync("a", only: null, BackupId.Get(Id), CancellationToken.None));

        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains("--allow-shrink", error.Next, StringComparison.Ordinal);
        Assert.Null(await catalogue.FindComparableAsync("a", only: null, BackupId.Get(Id), CancellationToken.None));
    }
}
