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

        public Task<StoredBackup> PutAsync(CataloguedBackup source, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Error is not null)
                throw Error;
            Puts.Add(source.Id.ToString());
            return Task.FromResult(source.Backup with { Store = name });
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
