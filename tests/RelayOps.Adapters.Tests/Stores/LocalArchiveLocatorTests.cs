using RelayOps.Adapters.Stores;
using RelayOps.Core;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Tests.Stores;

public sealed class LocalArchiveLocatorTests : IDisposable
{
    private readonly TemporaryDirectory home = new();
    private readonly LocalArchiveLocator locator;

    public LocalArchiveLocatorTests() => locator = new LocalArchiveLocator(home.Path, SilentReporter.Instance);

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task FindAsync_takes_the_archives_directory_for_the_store()
    {
        File.WriteAllText(home["claude-relay-backup-20250805_142530.tar.gz"], "archive");

        var found = await locator.FindAsync("./claude-relay-backup-20250805_142530.tar.gz", CancellationToken.None);

        Assert.Equal("20250805_142530", found!.Id.ToString());
        Assert.Equal("archive", await ReadAsync(found.Store, found.Backup));
    }

    [Fact]
    public async Task FindAsync_finds_an_archive_under_any_name_and_writes_nothing_beside_it()
    {
        File.WriteAllText(home["before the move.tgz"], "archive");
        File.SetLastWriteTimeUtc(home["before the move.tgz"], new DateTime(2025, 8, 5, 14, 25, 30, DateTimeKind.Utc));

        var found = await locator.FindAsync(home["before the move.tgz"], CancellationToken.None);

        Assert.Equal("20250805_142530", found!.Id.ToString());
        Assert.Equal("archive", await ReadAsync(found.Store, found.Backup));
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => found.Store.DeleteAsync(found.Backup, CancellationToken.None));
        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Single(Directory.EnumerateFileSystemEntries(home.Path));
    }

    [Theory]
    [InlineData("gone.tar.gz")]
    [InlineData("/")]
    public async Task FindAsync_returns_null_for_what_is_no_file(string path) => Assert.Null(await locator.FindAsync(path, CancellationToken.None));

    private static async Task<string> ReadAsync(Core.Stores.IBackupStore store, Core.Stores.StoredBackup backup)
    {
        using var reader = new StreamReader(await store.OpenAsync(backup, CancellationToken.None));
        return await reader.ReadToEndAsync();
    }
}
