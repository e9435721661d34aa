using System.Text.Json;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Redis;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>The certificate of a drill beside its archive: whole, the owner's alone, and gone with it.</summary>
public sealed class CertificateTests : IDisposable
{
    private const string Archive = "claude-relay-backup-20250805_142530.tar.gz";

    private readonly TemporaryDirectory home = new();
    private readonly LocalDirectoryStore store;

    public CertificateTests() => store = new LocalDirectoryStore(home["backups"], SilentReporter.Instance);

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task KeepAsync_writes_it_beside_the_archive_for_its_owner_alone()
    {
        var backup = await PutAsync(Archive);

        var path = await store.KeepAsync(backup, Certificate(1.5), CancellationToken.None);

        Assert.Equal(Path.Combine(home["backups"], Archive + ".drill.json"), path);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var json = JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement;
        Assert.Equal((1, 1.5), (json.GetProperty("format").GetInt32(), json.GetProperty("rtoSeconds").GetDouble()));
        Assert.Equal(["format", "backupId", "archive", "sha256", "sizeBytes", "store", "drilledAt", "by", "redis", "images", "counts", "apiKeys",
            "decryptedSecrets", "service", "phases", "rtoSeconds", "warnings", "notProven"], json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Archive, Assert.Single(await store.ListAsync(CancellationToken.None)).Archive);
    }

    [Fact]
    public async Task KeepAsync_replaces_an_earlier_one()
    {
        var backup = await PutAsync(Archive);
        await store.KeepAsync(backup, Certificate(1.5), CancellationToken.None);

        var path = await store.KeepAsync(backup, Certificate(2.5), CancellationToken.None);

        Assert.Contains("\"rtoSeconds\": 2.5", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        Assert.Equal(4, Directory.GetFiles(home["backups"]).Length);
    }

    [Fact]
    public async Task KeepAsync_ends_in_exit_4_when_the_archive_is_gone()
    {
        var backup = await PutAsync(Archive);
        await store.DeleteAsync(backup, CancellationToken.None);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.KeepAsync(backup, Certificate(1.5), CancellationToken.None));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Empty(Directory.GetFiles(home["backups"]));
    }

    [Fact]
    public async Task DeleteAsync_takes_the_certificate_along()
    {
        var backup = await PutAsync(Archive);
        await store.KeepAsync(backup, Certificate(1.5), CancellationToken.None);

        await store.DeleteAsync(backup, CancellationToken.None);

        Assert.Empty(Directory.GetFiles(home["backups"]));
    }

    [Theory, InlineData(Archive), InlineData(Archive + ".age")]
    public async Task CommitAsync_of_a_replacement_drops_what_was_certified_of_other_bytes(string replacement)
    {
        var backup = await PutAsync(Archive);
        var path = await store.KeepAsync(backup, Certificate(1.5), CancellationToken.None);

        await using (var pending = await store.BeginReplacementAsync(backup, replacement, CancellationToken.None))
            await WriteAsync(pending, replacement);

        Assert.False(File.Exists(path));
        Assert.Equal(3, Directory.GetFiles(home["backups"]).Length);
    }

    [Fact]
    public async Task PrepareAsync_takes_a_certificate_for_ours_and_closes_the_directory_to_others()
    {
        if (OperatingSystem.IsWindows())
            return;
        await store.KeepAsync(await PutAsync(Archive), Certificate(1.5), CancellationToken.None);
        File.SetUnixFileMode(home["backups"], (UnixFileMode)0x1ED);

        await store.PrepareAsync(CancellationToken.None);

        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(home["backups"]));
    }

    [Fact]
    public async Task CertificateDirectory_keeps_it_for_a_store_that_cannot()
    {
        var path = await new CertificateDirectory(home["artifacts"]).KeepAsync(await PutAsync(Archive), Certificate(1.5), CancellationToken.None);

        Assert.Equal([path], Directory.GetFiles(home["artifacts"]));
        Assert.Equal(Path.Combine(home["artifacts"], Archive + ".drill.json"), path);
    }

    private async Task<StoredBackup> PutAsync(string archive)
    {
        await using var pending = await store.BeginAsync(archive, CancellationToken.None);
        return await WriteAsync(pending, archive);
    }

    private static async Task<StoredBackup> WriteAsync(IPendingArchive pending, string archive)
    {
        await pending.Content.WriteAsync(new byte[] { 1, 2, 3 });
        return await pending.CommitAsync(StoreContract.RecordOf(BackupId.Get("20250805_142530"), [1, 2, 3]) with { Archive = archive }, CancellationToken.None);
    }

    private static DrillCertificate Certificate(double rto) => new()
    {
        BackupId = "20250805_142530",
        Archive = Archive,
        Sha256 = new string('a', 64),
        SizeBytes = 3,
        Store = "local",
        DrilledAt = new DateTimeOffset(2025, 8, 6, 0, 0, 0, TimeSpan.Zero),
        By = new DrillWitness("RelayOps 0.1.0", "here", null),
        Redis = "redis-server 7.0.15",
        Images = [new DrilledImage("redis", "redis:7-alpine", "sha256:a", "sha256:a")],
        Counts = null,
        ApiKeys = new ApiKeyMap(1, 1, 0, 0, 0),
        DecryptedSecrets = null,
        Service = new DrilledAnswers("healthy", 401, 200),
        Phases = [new DrillPhase("load every layout", 0.1)],
        RtoSeconds = rto,
        Warnings = [],
        NotProven = [],
    };
}
