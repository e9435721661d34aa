using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Tests.Stores;

public sealed class BackupCatalogueTests
{
    private readonly MemoryStore local = new("local");
    private readonly MemoryStore release = new("release");

    private BackupCatalogue Catalogue => new([local, release], SilentReporter.Instance);

    [Fact]
    public async Task ListAsync_mixes_the_stores_by_time()
    {
        local.Add("20250803_000000");
        local.Add("20250801_000000");
        release.Add("20250802_000000");

        var listed = await Catalogue.ListAsync(CancellationToken.None);

        Assert.Equal(["local 20250803_000000", "release 20250802_000000", "local 20250801_000000"],
            listed.Select(entry => $"{entry.Store.Name} {entry.Id}"));
    }

    [Fact]
    public async Task FindComparableAsync_is_an_older_verified_backup_of_the_same_server_and_parts()
    {
        local.Add("20250806_000000", server: "a");
        local.Add("20250805_000000", server: "a", only: "config");
        local.Add("20250804_000000", server: "a", verified: VerificationLevel.None);
        local.Add("20250803_000000", server: "b");
        local.Add("20250802_000000", server: "a");
        local.Add("20250801_000000", server: "a");

        var whole = await Catalogue.FindComparableAsync("a", only: null, BackupId.Get("20250806_000000"), CancellationToken.None);
        var partial = await Catalogue.FindComparableAsync("a", "config", BackupId.Get("20250806_000000"), CancellationToken.None);

        Assert.Equal("20250802_000000", whole!.Id.ToString());
        Assert.Equal("20250805_000000", partial!.Id.ToString());
    }

    [Fact]
    public async Task GetAsync_prefers_the_first_store_that_has_the_backup()
    {
        release.Add("20250801_000000");
        local.Add("20250801_000000");

        Assert.Equal("local", (await Catalogue.GetAsync("20250801_000000", CancellationToken.None)).Store.Name);
        Assert.Equal(2, (await Catalogue.GetAllAsync("20250801_000000", CancellationToken.None)).Count);
    }

    [Fact]
    public async Task GetAsync_prefers_a_backup_with_a_record_to_an_archive_of_the_same_second()
    {
        local.Add("20250801_000000", hasRecord: false, extension: ".tar.zst");
        local.Add("20250801_000000");

        Assert.NotNull((await Catalogue.GetAsync("20250801_000000", CancellationToken.None)).Backup.Record);
    }

    [Fact]
    public async Task GetAsync_takes_latest_for_the_newest_of_all_stores()
    {
        local.Add("20250801_000000");
        release.Add("20250802_000000");

        Assert.Equal("20250802_000000", (await Catalogue.GetAsync("latest", CancellationToken.None)).Id.ToString());
    }

    [Fact]
    public async Task GetAsync_finds_an_archive_in_a_store_by_its_path_or_file_name()
    {
        var backup = local.Add("20250801_000000");

        Assert.Same(backup, (await Catalogue.GetAsync(backup.Location, CancellationToken.None)).Backup);
        Assert.Same(backup, (await Catalogue.GetAsync(backup.Archive, CancellationToken.None)).Backup);
    }

    [Fact]
    public async Task GetAsync_asks_the_locator_for_an_archive_outside_of_the_stores()
    {
        var outside = new MemoryStore("file");
        var backup = outside.Add("20250801_000000");
        var catalogue = new BackupCatalogue([local], SilentReporter.Instance, new OneFile(backup.Location, new CataloguedBackup(outside, backup)));

        Assert.Same(outside, (await catalogue.GetAsync(backup.Location, CancellationToken.None)).Store);
    }

    [Theory]
    [InlineData("yesterday", ExitStatus.WrongUse)]
    [InlineData("", ExitStatus.WrongUse)]
    [InlineData("20250832_000000", ExitStatus.WrongUse)]
    [InlineData("2025080_000000", ExitStatus.WrongUse)]
    [InlineData("20250805_000000", ExitStatus.BadBackup)]
    [InlineData("./gone.tar.gz", ExitStatus.BadBackup)]
    public async Task GetAsync_tells_no_id_from_an_id_that_no_store_has(string name, ExitStatus expected)
    {
        local.Add("20250801_000000");

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Catalogue.GetAsync(name, CancellationToken.None));

        Assert.Equal(expected, error.Status);
    }

    [Fact]
    public async Task GetAsync_names_the_nearest_ids_when_no_store_has_one()
    {
        foreach (var id in new[] { "20250101_000000", "20250801_000000", "20250802_000000", "20250809_000000" })
            local.Add(id);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Catalogue.GetAsync("20250803_000000", CancellationToken.None));

        Assert.Contains("20250802_000000, 20250801_000000, 20250809_000000", error.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_says_that_there_is_no_backup_yet()
    {
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => Catalogue.GetAsync("latest", CancellationToken.None));

        Assert.Equal((ExitStatus.BadBackup, "there is no backup yet"), (error.Status, error.What));
    }

    private sealed class OneFile(string path, CataloguedBackup found) : IArchiveLocator
    {
        public Task<CataloguedBackup?> FindAsync(string asked, CancellationToken cancellationToken) =>
            Task.FromResult(asked == path ? found : null);
    }
}
