using System.Text;
using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Deployments;
using RelayOps.Adapters.Encryption;
using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Stores;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Stores;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>A deployment whose Redis runs on the server itself, a verified backup of it marked <c>new</c>, and the restore in this process.</summary>
internal sealed class NativeScenario : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(20));

    private NativeScenario(NativeDeployment deployment, IHost host)
    {
        Deployment = deployment;
        Host = host;
    }

    public NativeDeployment Deployment { get; }

    public IHost Host { get; }

    public Sayings Said { get; } = new();

    public CancellationToken Patience => _patience.Token;

    private RedisCli Redis => Deployment.Redis.Cli;

    public static async Task<NativeScenario> BeginAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Password = "s3cret", Settings = ["appendonly yes"] }, patience.Token);
        var scenario = new NativeScenario(deployment, await LocalHost.OpenAsync(new HostTimeouts(), TimeProvider.System, patience.Token));
        await deployment.FillAsync(200, 100, patience.Token);
        await scenario.MarkAsync("new");
        return scenario;
    }

    /// <param name="handOut">The store as it is to hand out the backup.</param>
    public async Task<RestoreSource> BackupAsync(Func<IBackupStore, IBackupStore>? handOut = null)
    {
        var made = await RelayOpsProcess.RunAsync(["Backup", .. Deployment.Here]);
        Assert.True(made.ExitCode == 0, made.ToString());
        IBackupStore store = new LocalDirectoryStore(Deployment.Store, Said);
        store = handOut?.Invoke(store) ?? store;
        var tools = new VerifyTools
        {
            Codecs = Codecs.All,
            Compose = new YamlComposeParser(),
            Scrypt = new BouncyCastleScrypt(),
            Reporter = Said,
            Time = TimeProvider.System,
        };
        var verified = await new VerifyOperation(store, tools).RunAsync(new VerifyRequest((await store.ListAsync(Patience)).Single(), VerificationLevel.Deep), Patience);
        return RestoreSource.From(verified, store, Codecs.All);
    }

    public RestoreRequest Request => new()
    {
        DeploymentPath = Deployment.Path,
        Parts = DeploymentParts.All,
        HealthTimeout = TimeSpan.FromSeconds(60),
        Owner = new LockOwner("Restore", "tester", "here", null, DateTimeOffset.UtcNow),
        LockWait = TimeSpan.Zero,
        ConfirmAsync = (_, _) => Task.FromResult(true),
    };

    public Task<RestoreOutcome> RestoreAsync(RestoreSource source, RestoreRequest? request = null, IHost? through = null) =>
        new RestoreOperation(through ?? Host, new YamlComposeParser(), Said, TimeProvider.System).RunAsync(request ?? Request, source, Patience);

    public async Task MarkAsync(string mark)
    {
        await Redis.RunAsync(["SET", "mark", mark], Patience);
        await File.WriteAllTextAsync(Path.Combine(Deployment.Path, "data", "mark"), mark, Patience);
    }

    /// <summary>What Redis says and what the file says.</summary>
    public async Task<string> MarksAsync() =>
        $"{await Redis.RunAsync(["GET", "mark"], Patience)} {await File.ReadAllTextAsync(Path.Combine(Deployment.Path, "data", "mark"), Encoding.UTF8, Patience)}";

    /// <summary>Until it answers again, on whatever data.</summary>
    public async Task WaitForRedisAsync()
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                await Redis.RunAsync(["GET", "mark"], Patience);
                return;
            }
            catch (Testing.Processes.ShellException)
            {
                await tick.WaitForNextTickAsync(Patience);
            }
        }
    }

    public void ExpireLock()
    {
        var token = Path.Combine(Deployment.Path, ".relayops", "lock", "token");
        if (File.Exists(token))
            File.SetLastWriteTimeUtc(token, DateTime.UtcNow.AddHours(-1));
    }

    public string[] Leftovers() => [.. Directory.EnumerateFileSystemEntries(Path.Combine(Deployment.Path), "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Deployment.Path, path))
        .Where(path => path.Contains("staging-", StringComparison.Ordinal) || path.Contains("journal", StringComparison.Ordinal) || path.Contains("stray", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Deployment.DisposeAsync();
        _patience.Dispose();
    }
}
