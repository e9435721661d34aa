using System.Collections.Concurrent;
using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Deployments;
using RelayOps.Adapters.Encryption;
using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Stores;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>A deployment that is up, a store, and the operations on them in this process, over a real connection.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    private readonly TestDirectory _store = TestDirectory.Create("relayops-store-");
    private readonly CancellationTokenSource _patience;

    private Scenario(IHost host, Deployment deployment, TimeSpan patience)
    {
        _patience = new CancellationTokenSource(patience);
        Host = host;
        Deployment = deployment;
        Store = new LocalDirectoryStore(_store.Path, Said);
    }

    public IHost Host { get; set; }

    public Deployment Deployment { get; }

    public LocalDirectoryStore Store { get; }

    public Sayings Said { get; } = new();

    public CancellationToken Patience => _patience.Token;

    public string Path => Deployment.Path;

    /// <param name="limit">For the whole scenario.</param>
    public static async Task<Scenario> BeginAsync(Server server, ServerUser user, DeploymentOptions? options = null, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var deployment = await Deployment.CreateAsync((options ?? new DeploymentOptions()) with { Owner = user, RedisArguments = "--enable-debug-command yes" }, patience.Token);
        await deployment.UpAsync(patience.Token);
        var host = await OpenSshHost.OpenAsync(server.Sshd.Connection(user.Name), TimeProvider.System, patience.Token);
        return new Scenario(host, deployment, limit ?? TimeSpan.FromMinutes(8));
    }

    public async Task<RestoreSource> BackupAsync(DeploymentParts parts = DeploymentParts.All)
    {
        await Store.PrepareAsync(Patience);
        var deployment = await new DeploymentInspection(Host, new YamlComposeParser(), Said).InspectAsync(Path, parts, Patience);
        var request = new BackupRequest
        {
            Parts = parts,
            Codec = Codecs.All.Get("gzip"),
            Owner = Owner("Backup"),
            LockWait = TimeSpan.Zero,
            RedisSaveTimeout = TimeSpan.FromMinutes(1),
            SpoolDirectory = _store.Path,
            AllowShrink = true,
            Tool = "RelayOps test",
        };
        var plan = BackupPlan.For(deployment, request, BackupId.At(TimeProvider.System.GetUtcNow()));
        var made = await new BackupOperation(Host, Store, Said, TimeProvider.System)
            .RunAsync(request, plan, deployment, new Wire([Codecs.All.Get("gzip")]), last: null, Patience);
        return await VerifyAsync(made.Stored);
    }

    public async Task<RestoreSource> VerifyAsync(Core.Stores.StoredBackup stored)
    {
        var tools = new VerifyTools
        {
            Codecs = Codecs.All,
            Compose = new YamlComposeParser(),
            Scrypt = new BouncyCastleScrypt(),
            Reporter = Said,
            Time = TimeProvider.System,
        };
        var verified = await new VerifyOperation(Store, tools).RunAsync(new VerifyRequest(stored, VerificationLevel.Deep), Patience);
        return RestoreSource.From(verified, Store, Codecs.All, _ => null);
    }

    /// <summary>An archive as <c>backup-data.sh</c> makes it: a live copy, owners and all.</summary>
    /// <param name="prepare">What happens to the copy before it is packed.</param>
    public async Task<RestoreSource> LegacyAsync(string name, string prepare)
    {
        await Store.PrepareAsync(Patience);
        await Shell.RunAsRootAsync("sh", ["-c", $$"""
            set -e
            work=$(mktemp -d)
            mkdir "$work/$3"
            cd "$1"
            cp -rp redis_data logs data .env docker-compose.yml "$work/$3"
            cd "$work/$3"
            {{prepare}}
            cd "$work"
            tar czf "$2/$3.tar.gz" "$3"
            rm -rf "$work"
            """, "sh", Path, _store.Path, name], Patience);
        return await VerifyAsync((await Store.ListAsync(Patience)).Single(stored => stored.Archive == name + ".tar.gz"));
    }

    public RestoreRequest Request => new()
    {
        DeploymentPath = Path,
        Parts = DeploymentParts.All,
        HealthTimeout = TimeSpan.FromSeconds(60),
        Owner = Owner("Restore"),
        LockWait = TimeSpan.Zero,
        ConfirmAsync = (_, _) => Task.FromResult(true),
    };

    public Task<RestoreOutcome> RestoreAsync(RestoreSource source, RestoreRequest? request = null, IHost? through = null) =>
        new RestoreOperation(through ?? Host, new YamlComposeParser(), Said, TimeProvider.System).RunAsync(request ?? Request, source, Patience);

    /// <summary>What every other operation does first.</summary>
    public Task RecoverAsync() =>
        new RecoverOperation(Host, new YamlComposeParser(), Said, TimeProvider.System).RunAsync(Path, Owner("Recovery"), TimeSpan.Zero, Patience);

    public Task<RestoreOutcome> RollbackAsync() =>
        new RollbackOperation(Host, new YamlComposeParser(), Said, TimeProvider.System).RunAsync(Request, Patience);

    public async Task<string> RedisAsync(params string[] command) => await (await Deployment.RedisAsync(Patience)).RunAsync([.. command], Patience);

    /// <summary>A digest of every value in every database, whatever the encoding; without what the service writes anew at each start.</summary>
    public async Task<string> DigestAsync()
    {
        await RedisAsync(["DEL", .. Deployment.KeysOfTheService]);
        return await RedisAsync("DEBUG", "DIGEST");
    }

    public Task<string> AsRootAsync(string script) => Shell.RunAsRootAsync("sh", ["-c", script, "sh", Path], Patience);

    /// <summary>Names, owners, modes and contents of a part of the deployment.</summary>
    public Task<string> FilesAsync(string name) => AsRootAsync($$"""
        cd "$1" && find {{name}} -exec stat -c '%n %F %a %u %g' {} + | sort && find {{name}} -type f -exec sha256sum {} + | sort
        """);

    /// <summary>What an operation left beside the deployment's own files.</summary>
    public async Task<string[]> LeftoversAsync() => (await AsRootAsync("""
        cd "$1" && find . -path ./redis_data -prune -o -path ./data -prune -o -path ./logs -prune -o \( -name '*.bak.*' -o -name '*.stray.*' -o -name 'staging-*' -o -name 'journal*' -o -name 'lock*' \) -prune -print
        """)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>As if the holder had been silent for an hour.</summary>
    public Task ExpireLockAsync() => AsRootAsync("touch -d '1 hour ago' \"$1/.relayops/lock/token\" 2>/dev/null || :");

    public async Task LoseDataAsync()
    {
        await RedisAsync("FLUSHALL");
        await RedisAsync("SET", "written:after", "the backup");
        await AsRootAsync("cd \"$1\" && echo broken > data/init.json && rm -f data/model_pricing.json && echo more > data/new.json && rm -f logs/*.gz");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Deployment.DisposeAsync();
        _store.Dispose();
        _patience.Dispose();
    }

    private static LockOwner Owner(string operation) => new(operation, "tester", "here", null, DateTimeOffset.UtcNow);
}

/// <summary>Collects what an operation says.</summary>
internal sealed class Sayings : IReporter
{
    public ConcurrentQueue<string> Warnings { get; } = [];

    public ConcurrentQueue<string> Notes { get; } = [];

    public IPhase Begin(string name, long? expectedBytes = null)
    {
        Notes.Enqueue($"{DateTime.Now:HH:mm:ss.f} {name}");
        return SilentReporter.Instance.Begin(name, expectedBytes);
    }

    public void Note(string text) => Notes.Enqueue(text);

    public void Warn(string text) => Warnings.Enqueue(text);

    public override string ToString() => string.Join('\n', Notes.Concat(Warnings));
}
