using System.Reflection;
using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Stores;
using RelayOps.Core;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

/// <summary>The only place where adapters are chosen and wired: parameters go in, what the operations need comes out.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private readonly Build _build;
    private IHost? _host;

    public Composition(Build build)
    {
        _build = build;
        Recorder = new PhaseRecorder(new SilentReporter(), Time);
        Store = new LocalDirectoryStore(CallerPath.Resolve(Stores.BackupDirectory), Recorder);
        Catalogue = new BackupCatalogue([Store], new LocalArchiveLocator(CallerPath.Directory, Recorder));
    }

    public TimeProvider Time { get; } = TimeProvider.System;

    public PhaseRecorder Recorder { get; }

    public LocalDirectoryStore Store { get; }

    public BackupCatalogue Catalogue { get; }

    public CodecSet Codecs { get; } = RelayOps.Adapters.Archives.Codecs.All;

    public IComposeParser Compose { get; } = new StubCompose();

    public bool DryRun => ((IHazReporting)_build).DryRun;

    public string DeploymentPath => Server.DeploymentPath;

    public DeploymentParts Parts => DeploymentPartsText.Parse(Server.Only);

    public static string Tool { get; } =
        $"RelayOps {typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    private IHazServer Server => _build;

    private IHazStores Stores => _build;

    private IBackup Backup => _build;

    /// <summary>One connection for the whole run.</summary>
    /// <exception cref="RelayOpsException">No server was named, or it cannot be reached.</exception>
    public async Task<IHost> GetHostAsync(CancellationToken cancellationToken) => _host ??= await OpenAsync(cancellationToken);

    public BackupRequest BackupRequest() => new()
    {
        Parts = Parts,
        Codec = Codecs.Get(Backup.Compression),
        CompressionLevel = Backup.CompressionLevel,
        Owner = Owner("Backup"),
        LockWait = Duration.Parse(Server.LockWait),
        RedisSaveTimeout = Duration.Parse(Server.RedisSaveTimeout),
        SpoolDirectory = CallerPath.Resolve(Stores.BackupDirectory),
        AllowShrink = Backup.AllowShrink,
        Tool = Tool,
    };

    /// <summary>What the server may compress with and this side can undo.</summary>
    public Wire Wire() => new([.. Codecs.Names.Select(Codecs.Get).Where(codec => codec.IsAvailable)]);

    public Task<CataloguedBackup> GetBackupAsync(CancellationToken cancellationToken) =>
        Catalogue.GetAsync(Stores.BackupId ?? BackupCatalogue.Latest, cancellationToken);

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<IHost> OpenAsync(CancellationToken cancellationToken) => Server.Server switch
    {
        null or "" => throw new RelayOpsException("no server was named", "--server has no default",
            "pass --server [user@]host[:port], or --server local for a deployment on this machine", ExitStatus.WrongUse),
        "local" => await LocalHost.OpenAsync(new HostTimeouts(), Time, cancellationToken),
        var target => await SshHosts.OpenAsync(new SshConnection
        {
            Target = SshTarget.Parse(target),
            Transport = Server.Transport,
            Key = CallerPath.ResolveUnlessText(Server.SshKey),
            KeyPassphrase = Server.SshKeyPassphrase,
            KnownHosts = CallerPath.ResolveUnlessText(Server.KnownHosts),
        }, Time, cancellationToken),
    };

    private LockOwner Owner(string operation) => new(operation, Environment.UserName, Environment.MachineName,
        Environment.GetEnvironmentVariable("GITHUB_RUN_ID") is { Length: > 0 } run ? $"run {run}" : null, Time.GetUtcNow());
}
