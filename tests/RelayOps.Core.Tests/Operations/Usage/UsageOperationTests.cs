using System.Collections.Immutable;
using System.Formats.Tar;
using Microsoft.Extensions.Time.Testing;
using RelayOps.Core.Archives;
using RelayOps.Core.Deployments;
using RelayOps.Core.Encryption;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Usage;
using RelayOps.Core.Signatures;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Hosts;
using RelayOps.Core.Tests.Redis;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations.Usage;

public sealed class UsageOperationTests
{
    private const string Path = "/srv/relay";
    private const string Newest = "20250805_120000";

    private readonly MemoryStore local = new("local");
    private readonly MemoryStore remote = new("rclone:there");
    private readonly NotingReporter reporter = new();
    private readonly History history = new();

    private static AnsweringHost Server => new(command => command.Equals(ServerSurvey.Command(Path)) ? $"user=root\nnode=relay\nmachine=1\nnow=1754400000\npath={Path}\ncompose=compose.yml\n"
        : command.Equals(DiskUsage.Command(Path)) ? "disk 1000 400 600\nentry 100 data\nentry 200 redis_data\n" : null);

    public UsageOperationTests()
    {
        foreach (var store in new[] { local, remote })
            store.Add(Newest, server: InspectedDeployment.ServerId("1", Path));
        local.Add("20250804_120000", server: InspectedDeployment.ServerId("1", Path));
        (local.Content, remote.Content) = (Archive(), Archive());
    }

    [Fact]
    public async Task RunAsync_sums_up_the_keys_of_the_nearest_copy()
    {
        var report = await RunAsync();

        Assert.Equal((Newest, "local", 0), (report.Redis?.BackupId, report.Redis?.Store, remote.Opened));
        Assert.Equal(("apikey", 2L), (report.Redis!.Prefixes.Single().Prefix, report.Redis.Prefixes.Single().Keys));
    }

    [Fact]
    public async Task RunAsync_takes_the_next_copy_where_the_nearest_is_damaged()
    {
        local.Content = Archive()[..530];

        var report = await RunAsync();

        Assert.Equal((Newest, "rclone:there"), (report.Redis?.BackupId, report.Redis?.Store));
        Assert.Contains(reporter.Lines, line => line.StartsWith($"warning: the copy of {Newest} in store local is no good", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ExitStatus.BadBackup)]
    [InlineData(ExitStatus.NoConnection)]
    public async Task RunAsync_tells_the_sizes_where_no_copy_can_be_read(ExitStatus status)
    {
        (local.Content, remote.FailsToOpen) = (new byte[4096], new RelayOpsException("cannot open it", "a test wants it", "try again", status));

        var report = await RunAsync();

        Assert.Null(report.Redis);
        Assert.Equal(300 * 1024, Assert.Single(history.Lines).DeploymentBytes);
        Assert.Contains(reporter.Lines, line => line.StartsWith($"warning: the keys of backup {Newest} cannot be summed up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_tells_the_sizes_where_no_store_answers()
    {
        local.Silence = remote.Silence = new RelayOpsException("cannot list it", "connection refused", "try again", ExitStatus.NoConnection);

        var report = await RunAsync();

        Assert.Null(report.Redis);
        Assert.Single(history.Lines);
        Assert.Contains(reporter.Lines, line => line.StartsWith("warning: key prefixes are read from a backup", StringComparison.Ordinal));
    }

    /// <summary>A run that ends with an error has not been: its line would count twice once it is begun again.</summary>
    [Fact]
    public async Task RunAsync_remembers_nothing_of_a_backup_that_nobody_trusted_has_signed()
    {
        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => RunAsync(new NoSigners()));

        Assert.Equal(ExitStatus.BadBackup, refused.Status);
        Assert.Empty(history.Lines);
    }

    private Task<UsageReport> RunAsync(ITrustedSigners? signers = null) => new UsageOperation(Server, new BackupCatalogue([local, remote], reporter), history, new VerifyTools
    {
        Codecs = new CodecSet([]),
        Compose = new Nothing(),
        Scrypt = new Nothing(),
        Reporter = reporter,
        Time = new FakeTimeProvider(new DateTimeOffset(2025, 8, 5, 18, 0, 0, TimeSpan.Zero)),
        TrustedSigners = signers,
    }).RunAsync(new UsageRequest { DeploymentPath = Path }, CancellationToken.None);

    private static byte[] Archive()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Gnu, leaveOpen: true))
        {
            var dump = new RdbWriter(9).Key(0, "apikey:1").Text("a").Key(0, "apikey:2").Text("b").End();
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, $"claude-relay-backup-{Newest}/redis_data/dump.rdb") { DataStream = new MemoryStream(dump) });
        }

        return bytes.ToArray();
    }

    private sealed class History : IUsageHistory
    {
        public string Location => "usage.jsonl";

        public List<UsageMeasurement> Lines { get; } = [];

        public Task<ImmutableArray<UsageMeasurement>> ReadAsync(string serverId, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<UsageMeasurement>>([.. Lines]);

        public Task AppendAsync(UsageMeasurement measurement, CancellationToken cancellationToken)
        {
            Lines.Add(measurement);
            return Task.CompletedTask;
        }
    }

    private sealed class NoSigners : ITrustedSigners
    {
        public Task<string> RequireAsync(ReadOnlyMemory<byte> statement, string signature, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Nothing : IComposeParser, IScrypt
    {
        public ComposeFile Parse(string text) => throw new NotSupportedException();

        public byte[] Derive(byte[] password, byte[] salt, ScryptCost cost, int length) => throw new NotSupportedException();
    }
}
