using RelayOps.Core.Operations;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations;

public sealed class PinOperationTests
{
    private const string Id = "20250805_142530";

    private readonly MemoryStore local = new("local");
    private readonly MemoryStore release = new("release");
    private readonly NotingReporter reporter = new();
    private readonly PinOperation operation;

    public PinOperationTests() => operation = new PinOperation(new BackupCatalogue([local, release], reporter), reporter);

    [Fact]
    public async Task RunAsync_marks_the_backup_in_every_store_that_has_it()
    {
        local.Add(Id);
        local.Add("20250801_000000");
        release.Add(Id);

        Assert.Equal(2, await operation.RunAsync(new PinRequest { Backup = Id }, CancellationToken.None));

        Assert.Equal([true, false], await PinnedAsync(local));
        Assert.Equal([true], await PinnedAsync(release));
    }

    [Fact]
    public async Task RunAsync_lifts_the_mark()
    {
        local.Add(Id, pinned: true);

        await operation.RunAsync(new PinRequest { Backup = "latest", Pinned = false }, CancellationToken.None);

        Assert.Equal([false], await PinnedAsync(local));
    }

    [Fact]
    public async Task RunAsync_is_content_with_a_backup_that_is_pinned_already()
    {
        local.Add(Id, pinned: true);

        Assert.Equal(0, await operation.RunAsync(new PinRequest { Backup = Id }, CancellationToken.None));

        Assert.Equal([$"backup {Id} is pinned already"], reporter.Lines);
    }

    [Fact]
    public async Task RunAsync_changes_nothing_in_a_dry_run()
    {
        local.Add(Id);

        await operation.RunAsync(new PinRequest { Backup = Id, DryRun = true }, CancellationToken.None);

        Assert.Equal([false], await PinnedAsync(local));
        Assert.Equal([$"would pin {Id} in local"], reporter.Lines);
    }

    [Fact]
    public async Task RunAsync_marks_what_it_can_and_fails_when_another_store_cannot_be_asked()
    {
        local.Add(Id);
        release.Silence = new RelayOpsException("cannot list store release", "GitHub does not answer", "try again", ExitStatus.NoConnection);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => operation.RunAsync(new PinRequest { Backup = Id }, CancellationToken.None));

        Assert.Equal([true], await PinnedAsync(local));
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains("store release could not be asked", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ends_in_exit_4_for_an_archive_without_a_record()
    {
        local.Add(Id, hasRecord: false);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => operation.RunAsync(new PinRequest { Backup = Id }, CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
    }

    private static async Task<IEnumerable<bool>> PinnedAsync(MemoryStore store) =>
        (await store.ListAsync(CancellationToken.None)).Select(backup => backup.Record!.Pinned);
}
