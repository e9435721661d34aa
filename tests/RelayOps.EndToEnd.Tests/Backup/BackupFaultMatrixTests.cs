using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Deployments;
using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Stores;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Backup;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;
using Xunit.Abstractions;

namespace RelayOps.EndToEnd.Tests.Backup;

/// <summary>
/// Something happens at every command of a backup, one after the other. Behind each point there is a whole backup or none, Redis is as it was,
/// and the next backup succeeds and finds nothing lying about.
/// </summary>
public sealed class BackupFaultMatrixTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TimeSpan.FromMinutes(30)).Token;
    private readonly Sayings _said = new();
    private NativeDeployment _deployment = null!;
    private LocalHost _host = null!;
    private LocalDirectoryStore _store = null!;
    private DateTimeOffset _now = new(2025, 8, 5, 14, 25, 30, TimeSpan.Zero);

    public async Task InitializeAsync()
    {
        _deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["appendonly yes"] }, _patience);
        await _deployment.FillAsync(200, 100, _patience);
        _host = await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, _patience);
        _store = new LocalDirectoryStore(_deployment.Store, _said);
        await _store.PrepareAsync(_patience);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _deployment.DisposeAsync();
    }

    /// <param name="saves">Whether Redis can save; where it cannot, its replication stream is taken.</param>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Backup_is_whole_or_not_there_wherever_it_breaks_off(bool saves)
    {
        if (!saves)
            _deployment.Redis.RefuseSaves();
        var settings = await SettingsAsync();
        var whole = Paths(await BackupAsync(_host));
        var points = new List<string>();
        foreach (var fault in new[] { Fault.Error, Fault.Hang, Fault.VanishAfter })
        {
            for (var at = 1; ; at++)
            {
                var faulty = new FaultyHost(_host, at, fault) { CountsReading = true };
                var before = _deployment.Archives.ToList();
                MadeBackup? made = null;
                var failure = await Record.ExceptionAsync(async () => made = await BackupAsync(faulty.Bounded));
                if (!faulty.HasStruck)
                    break;
                var where = $"{fault,-6} at command {at,2}";
                AssertWholeOrNothing(where, failure, made, whole, before);
                await AssertNextFindsNothingAsync(where, whole);
                Assert.True(settings == await SettingsAsync(), $"{where}: Redis has other settings than before");
                points.Add($"{where}: {(failure is RelayOpsException known ? $"exit {(int)known.Status}" : "exit 0")}");
            }
        }

        points.ForEach(output.WriteLine);
        output.WriteLine($"{points.Count} points, {(saves ? "by BGSAVE" : "by replication")}");
        Assert.InRange(points.Count, 20, 60);
    }

    private void AssertWholeOrNothing(string where, Exception? failure, MadeBackup? made, IReadOnlyList<string> whole, List<string> before)
    {
        if (made is not null)
        {
            Assert.True(whole.SequenceEqual(Paths(made)), $"{where}: it claims to have succeeded with {string.Join(' ', Paths(made))}");
            return;
        }

        Assert.True(failure is RelayOpsException { Status: ExitStatus.Failed or ExitStatus.WrongUse or ExitStatus.NoConnection or ExitStatus.BadBackup }, $"{where}: {failure}");
        Assert.True(before.SequenceEqual(_deployment.Archives), $"{where}: something was kept");
    }

    private async Task AssertNextFindsNothingAsync(string where, IReadOnlyList<string> whole)
    {
        var token = Path.Combine(_deployment.Path, ".relayops", "lock", "token");
        if (File.Exists(token))
            File.SetLastWriteTimeUtc(token, DateTime.UtcNow.AddHours(-1)); // A lock that nobody released lapses.
        Assert.Equal(whole, Paths(await BackupAsync(_host)));
        Assert.False(Directory.Exists(Path.Combine(_deployment.Path, ".relayops")), $"{where}: .relayops is left");
        Assert.All(Directory.GetFileSystemEntries(_deployment.Store), path => Assert.StartsWith("claude-relay-backup-", Path.GetFileName(path), StringComparison.Ordinal));
    }

    private async Task<MadeBackup> BackupAsync(IHost host)
    {
        await _store.PrepareAsync(_patience);
        var deployment = await new DeploymentInspection(_host, new YamlComposeParser(), _said).InspectAsync(_deployment.Path, DeploymentParts.All, _patience);
        var gzip = Codecs.All.Get("gzip");
        var request = new BackupRequest
        {
            Parts = DeploymentParts.All,
            Codec = gzip,
            Owner = new LockOwner("Backup", "tester", "here", null, DateTimeOffset.UtcNow),
            LockWait = TimeSpan.Zero,
            RedisSaveTimeout = TimeSpan.FromMinutes(1),
            SpoolDirectory = _deployment.Store,
            AllowShrink = true,
            Tool = "RelayOps test",
        };
        _now += TimeSpan.FromSeconds(1);
        return await new BackupOperation(host, _store, _said, TimeProvider.System)
            .RunAsync(request, BackupPlan.For(deployment, request, BackupId.At(_now)), deployment, new Wire([gzip]), last: null, _patience);
    }

    private static string[] Paths(MadeBackup made) => [.. made.Manifest.Entries.Select(entry => entry.Path)];

    private Task<string> SettingsAsync() => _deployment.Redis.Cli.RunAsync(["CONFIG", "GET", "*"], _patience);
}
