using RelayOps.Core.Backups;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations;

public sealed class PublishOperationTests
{
    private readonly MemoryStore local = new("local");
    private readonly NotingReporter reporter = new();
    private readonly Func<Stream, Task> all = _ => Task.CompletedTask;

    [Fact]
    public async Task RunAsync_copies_to_every_store()
    {
        var (release, rclone) = (new Destination("release"), new Destination("rclone:there"));

        var result = await RunAsync([release, rclone]);

        result.RequireAll();
        Assert.Equal(["release", "rclone:there"], result.Stores);
        Assert.Equal("20250805_142530", Assert.Single(release.Puts));
    }

    [Fact]
    public async Task RunAsync_copies_to_the_others_when_one_store_fails_and_ends_in_its_status()
    {
        var rclone = new Destination("rclone:there");
        var refusal = new RelayOpsException("an unencrypted backup is not sent to store release", "o/r is public", "pass --encrypt-to", ExitStatus.WrongUse);

        var result = await RunAsync([new Destination("release") { Error = refusal }, rclone]);

        Assert.Single(rclone.Puts);
        Assert.Contains(reporter.Lines, line => line.StartsWith("warning: store release", StringComparison.Ordinal));
        var error = Assert.Throws<RelayOpsException>(result.RequireAll);
        Assert.Equal(ExitStatus.WrongUse, error.Status);
        Assert.Contains("store release", error.What, StringComparison.Ordinal);
        Assert.Contains("store rclone:there has it", error.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_reads_the_archive_once_for_all_stores_that_take_it()
    {
        local.Content = Large();
        Destination[] destinations = [new("rclone:one") { Reads = all }, new("rclone:two") { Reads = all }, new("release")];

        (await RunAsync(destinations)).RequireAll();

        Assert.Equal(1, local.Opened);
        Assert.All(destinations[..2], destination => Assert.Equal(local.Content, destination.Got.ToArray()));
    }

    [Fact]
    public async Task RunAsync_leaves_a_store_behind_that_fails_in_the_middle_of_the_reading()
    {
        local.Content = Large();
        var whole = new Destination("rclone:one") { Reads = all };

        var result = await RunAsync([whole, new Destination("rclone:two") { Reads = async stream => { await stream.ReadExactlyAsync(new byte[1000]); throw new IOException("cut"); } }]);

        Assert.Equal(local.Content, whole.Got.ToArray());
        Assert.Equal(["rclone:one"], result.Stores);
        Assert.Contains("cut", Assert.Throws<RelayOpsException>(result.RequireAll).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_has_a_store_that_opens_it_again_read_alone()
    {
        local.Content = Large();
        var (one, two) = (new Destination("rclone:one") { Reads = all }, new Destination("rclone:two") { Reads = all, Again = true });

        (await RunAsync([one, two])).RequireAll();

        Assert.Equal((2, local.Content.Length, local.Content.Length * 2), (local.Opened, (int)one.Got.Length, (int)two.Got.Length));
    }

    [Fact]
    public async Task RunAsync_tells_every_store_of_a_reading_that_fails()
    {
        var result = await RunAsync([new Destination("rclone:one") { Reads = all }, new Destination("rclone:two") { Reads = all }]);

        Assert.Empty(result.Stores);
        Assert.Equal(2, result.Copies.Length);
    }

    [Fact]
    public async Task RunAsync_asks_and_copies_nothing_when_dry()
    {
        var release = new Destination("release");

        await RunAsync([release], dryRun: true);

        Assert.Empty(release.Puts);
        Assert.Equal(1, release.Asked);
        Assert.Contains("would copy claude-relay-backup-20250805_142530.tar.gz", Assert.Single(reporter.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_stops_when_cancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync([new Destination("release")], token: new CancellationToken(canceled: true)));

    private static byte[] Large()
    {
        var content = new byte[5_000_001];
        new Random(5).NextBytes(content);
        return content;
    }

    private Task<PublishResult> RunAsync(IReadOnlyList<IBackupDestination> destinations, bool dryRun = false, CancellationToken token = default)
    {
        var report = new VerificationReport { Level = VerificationLevel.Deep, Sha256 = new string('b', 64), SizeBytes = 1, Seconds = 1 };
        var verified = new VerifiedBackup(local.Add("20250805_142530"), null, report);
        return new PublishOperation(destinations, reporter).RunAsync(new PublishRequest(verified, local) { DryRun = dryRun }, token);
    }

    private sealed class Destination(string name) : IBackupDestination
    {
        public string Name => name;

        public List<string> Puts { get; } = [];

        public int Asked { get; private set; }

        public RelayOpsException? Error { get; init; }

        /// <summary>Looks at the archive before all of it is read; null where it is not opened.</summary>
        public Func<Stream, Task>? Reads { get; init; }

        /// <summary>Whether it is opened twice.</summary>
        public bool Again { get; init; }

        public MemoryStream Got { get; } = new();

        public async Task<StoredBackup> PutAsync(CataloguedBackup source, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Error is not null)
                throw Error;
            for (var reading = 0; Reads is not null && reading < (Again ? 2 : 1); reading++)
            {
                await using var archive = await source.Store.OpenAsync(source.Backup, cancellationToken);
                await Reads(archive);
                await archive.CopyToAsync(Got, cancellationToken);
            }

            Puts.Add(source.Id.ToString());
            return source.Backup with { Store = name };
        }

        public Task RequireAdmissionAsync(bool isEncrypted, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
