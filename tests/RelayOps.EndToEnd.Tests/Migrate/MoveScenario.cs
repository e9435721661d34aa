using RelayOps.Adapters.Archives;
using RelayOps.Adapters.Deployments;
using RelayOps.Adapters.Hosts;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Operations.Migrate;
using RelayOps.Core.Operations.Restore;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A deployment that is up on one server, and another server that it goes to: with a docker, an sshd and a network of its own.</summary>
internal sealed class MoveScenario : IAsyncDisposable
{
    private readonly TestDirectory _spool = TestDirectory.Create("relayops-move-");
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(90));
    private readonly ServerUser _from;
    private readonly ServerUser _to;

    private MoveScenario(Deployment deployment, ServerUser from, IHost old, ServerUser to, IHost @new, string newPath)
    {
        (_from, _to) = (from, to);
        Deployment = deployment;
        Old = old;
        New = @new;
        NewPath = newPath;
        Arrived = deployment.MovedTo(Bed.Second, newPath);
    }

    public Deployment Deployment { get; }

    /// <summary>The same deployment where it goes to.</summary>
    public Deployment Arrived { get; }

    public IHost Old { get; }

    public IHost New { get; }

    public string NewPath { get; }

    public Sayings Said { get; } = new();

    public CancellationToken Patience => _patience.Token;

    public MoveRequest Request => new()
    {
        DeploymentPath = Deployment.Path,
        NewPath = NewPath,
        HealthTimeout = TimeSpan.FromSeconds(60),
        Snapshot = new BackupRequest
        {
            Parts = DeploymentParts.All,
            Codec = Codecs.All.Get("gzip"),
            Owner = Owner("Migrate"),
            LockWait = TimeSpan.Zero,
            RedisSaveTimeout = TimeSpan.FromMinutes(1),
            SpoolDirectory = _spool.Path,
            Tool = "RelayOps test",
        },
        Wire = new Wire([Codecs.All.Get("gzip")]),
        ConfirmAsync = (_, _) => Task.FromResult(true),
    };

    public static async Task<MoveScenario> BeginAsync(Server server, ServerUser from, string to, DeploymentOptions? options = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var deployment = await Deployment.CreateAsync((options ?? new DeploymentOptions { DirectoryName = Beside.Directory }) with { Owner = from, RedisArguments = "--enable-debug-command yes", BindHost = "0.0.0.0" }, patience.Token);
        await deployment.UpAsync(patience.Token);
        var second = await server.GetSecondAsync(patience.Token);
        var user = Bed.Second.User(to);
        var old = await OpenSshHost.OpenAsync(server.Sshd.Connection(from.Name), TimeProvider.System, patience.Token);
        var @new = await OpenSshHost.OpenAsync(second.Sshd.Connection(user.Name), TimeProvider.System, patience.Token);
        return new MoveScenario(deployment, from, old, user, @new, $"{user.Home}/services/relay");
    }

    public Task<MoveOutcome> MoveAsync(MoveRequest? request = null, IHost? old = null, IHost? @new = null) =>
        new MoveOperation(old ?? Old, @new ?? New, new YamlComposeParser(), Said, TimeProvider.System).RunAsync(request ?? Request, Patience);

    /// <summary>What an operator types; known hosts and backups are in <paramref name="directory"/>.</summary>
    public async Task<string[]> LineAsync(Server server, TestDirectory directory)
    {
        var second = await server.GetSecondAsync(Patience);
        await File.WriteAllTextAsync(directory.File("known_hosts"),
            await File.ReadAllTextAsync(server.Sshd.KnownHosts) + await File.ReadAllTextAsync(second.Sshd.KnownHosts));
        return ["Migrate", "--server", server.Sshd.Target(_from.Name).ToString(), "--ssh-key", server.Sshd.KeyFile, "--deployment-path", Deployment.Path,
            "--new-server", second.Sshd.Target(_to.Name).ToString(), "--new-ssh-key", second.Sshd.KeyFile, "--new-deployment-path", NewPath,
            "--known-hosts", directory.File("known_hosts"), "--backup-directory", directory.File("store")];
    }

    public Task<RestoreOutcome> RollbackAsync(IHost? old = null) => new RollbackOperation(old ?? Old, new YamlComposeParser(), Said, TimeProvider.System).RunAsync(new RestoreRequest
    {
        DeploymentPath = Deployment.Path,
        Parts = DeploymentParts.All,
        HealthTimeout = TimeSpan.FromSeconds(60),
        Owner = Owner("Rollback"),
        LockWait = TimeSpan.Zero,
        ConfirmAsync = (_, _) => Task.FromResult(true),
    }, Patience);

    /// <summary>Without what the service writes anew at each start.</summary>
    public async Task<string> DigestAsync(Deployment deployment)
    {
        var redis = await deployment.RedisAsync(Patience);
        await redis.RunAsync(["DEL", .. Deployment.KeysOfTheService], Patience);
        return await redis.RunAsync(["DEBUG", "DIGEST"], Patience);
    }

    public Task<string> AsRootAsync(string script) => Shell.RunAsRootAsync("sh", ["-c", script, "sh", Deployment.Path, NewPath], Patience);

    /// <summary>Names, modes, owners and contents; the ssh users' own names made one.</summary>
    public async Task<string> FilesAsync(string directory, string names, ServerUser user) => (await Shell.RunAsRootAsync("sh", ["-c", $$"""
        cd "$1" && find {{names}} -exec stat -c '%n %F %a %U %G' {} + | sort && find {{names}} -type f ! -name .env -exec sha256sum {} + | sort
        """, "sh", directory], Patience)).Replace(user.Name, "ssh-user", StringComparison.Ordinal);

    public Task ExpireLocksAsync() => AsRootAsync("""touch -d '1 hour ago' "$1/.relayops/lock/token" "$2/.relayops/lock/token" 2>/dev/null || :""");

    public async ValueTask DisposeAsync()
    {
        await Old.DisposeAsync();
        await New.DisposeAsync();
        await Arrived.DisposeAsync();
        await Deployment.DisposeAsync();
        _spool.Dispose();
        _patience.Dispose();
    }

    private static LockOwner Owner(string operation) => new(operation, "tester", "here", null, DateTimeOffset.UtcNow);
}
