using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Backups;
using RelayOps.Core.Operations;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations;

public sealed class PruneOperationTests
{
    private readonly MemoryStore store = new("local");
    private readonly MemoryStore remote = new("rclone:there");
    private readonly NotingReporter reporter = new();
    private readonly PruneOperation operation;

    public PruneOperationTests() => operation = new PruneOperation(new BackupCatalogue([store, remote], reporter), reporter,
        new FakeTimeProvider(new DateTimeOffset(2025, 8, 6, 0, 0, 0, TimeSpan.Zero)));

    [Fact]
    public async Task RunAsync_removes_the_oldest_first_and_reports_why()
    {
        foreach (var id in new[] { "20250805_000000", "20250804_000000", "20250803_000000", "20250802_000000" })
            store.Add(id);

        var report = await operation.RunAsync(Keep(2), CancellationToken.None);

        Assert.Equal(["20250802_000000", "20250803_000000"], store.Deleted);
        Assert.Equal(["20250805_000000", "20250804_000000"], report.Kept.AsEnumerable());
        Assert.Equal(["20250803_000000", "20250802_000000"], report.Removed.AsEnumerable());
        Assert.Equal("keep 20250805_000000 in local: newest 1 of 2", reporter.Lines[0]);
        Assert.Equal("remove 20250802_000000 in local: 3 newer verified backups", reporter.Lines[3]);
        Assert.Equal(4, report.Decisions.Length);
        Assert.Equal("20250804_000000", report.NextToGo);
    }

    [Fact]
    public async Task RunAsync_names_none_that_goes_next_while_there_is_room()
    {
        store.Add("20250805_000000");

        Assert.Null((await operation.RunAsync(Keep(2), CancellationToken.None)).NextToGo);
    }

    [Fact]
    public async Task RunAsync_removes_nothing_in_a_dry_run()
    {
        store.Add("20250805_000000");
        store.Add("20250804_000000");

        var report = await operation.RunAsync(Keep(1) with { DryRun = true }, CancellationToken.None);

        Assert.Empty(store.Deleted);
        Assert.Equal(["20250804_000000"], report.Removed.AsEnumerable());
        Assert.Equal("would remove 20250804_000000 in local: 1 newer verified backup", reporter.Lines[1]);
    }

    [Fact]
    public async Task Case25_RetentionThatDeletesTheLastGoodOne_keeps_all_when_none_is_verified()
    {
        for (var day = 1; day <= 9; day++)
            store.Add($"2025080{day}_000000", verified: VerificationLevel.None);

        await operation.RunAsync(Keep(1), CancellationToken.None);

        Assert.Empty(store.Deleted);
    }

    [Fact]
    public async Task Case25_RetentionThatDeletesTheLastGoodOne_does_not_count_an_archive_that_was_cut()
    {
        store.Add("20250804_000000");
        var cut = store.Add("20250805_000000");
        await store.SaveRecordAsync(cut, cut.Record! with { SizeBytes = cut.SizeBytes + 1 }, CancellationToken.None);

        await operation.RunAsync(Keep(1), CancellationToken.None);

        Assert.Empty(store.Deleted);
    }

    [Fact]
    public async Task RunAsync_ends_in_exit_2_before_it_looks_at_anything_when_nothing_would_be_kept()
    {
        store.Add("20250805_000000");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => operation.RunAsync(Keep(0), CancellationToken.None));

        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Empty(store.Deleted);
    }

    [Fact]
    public async Task RunAsync_removes_the_others_when_one_cannot_be_and_fails_at_the_end()
    {
        foreach (var id in new[] { "20250805_000000", "20250804_000000", "20250803_000000" })
            store.Add(id);
        store.FailsOn = ("20250803_000000", new RelayOpsException("it stays", "the release is immutable", "delete it by hand"));

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => operation.RunAsync(Keep(1), CancellationToken.None));

        Assert.Equal("1 of 2 old backups could not be removed", error.What);
        Assert.Equal(["20250804_000000"], store.Deleted);
        Assert.Contains("warning: backup 20250803_000000 stays in store local: the release is immutable", reporter.Lines);
    }

    [Fact]
    public async Task RunAsync_tidies_the_other_stores_and_fails_when_one_cannot_be_asked()
    {
        store.Add("20250805_000000");
        store.Add("20250804_000000");
        remote.Add("20250803_000000");
        remote.Silence = new RelayOpsException("cannot list store rclone:there", "connection refused", "try it by hand", ExitStatus.NoConnection);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => operation.RunAsync(Keep(1), CancellationToken.None));

        Assert.Equal(["20250804_000000"], store.Deleted);
        Assert.Empty(remote.Deleted);
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains("store rclone:there could not be asked", error.Why, StringComparison.Ordinal);
    }

    private static PruneRequest Keep(int keep) => new() { Policy = new RetentionPolicy { Keep = keep } };
}
