using System.Reflection;
using Nuke.Common;
using RelayOps.Adapters.Decorators;
using RelayOps.Adapters.Deployments;
using RelayOps.Adapters.Encryption;
using RelayOps.Adapters.Hosts;
using RelayOps.Adapters.Reporting;
using RelayOps.Adapters.Stores;
using RelayOps.Core;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

/// <summary>The only place where adapters are chosen and wired: parameters go in, what the operations need comes out.</summary>
internal sealed partial class Composition : IAsyncDisposable
{
    private readonly Build _build;
    private readonly ConsoleReporter _console;
    private readonly Secrets _secrets;
    private IHost? _host;
    private IHost? _newHost;

    public Composition(Build build)
    {
        _build = build;
        _secrets = Secrets.TakeFrom(build);
        foreach (var secret in _secrets.Texts)
            Mask.Add(secret);
        var console = ReportConsole.For(Console.Out, Console.IsOutputRedirected || Json, Environment.GetEnvironmentVariable);
        _console = new ConsoleReporter(console.Console, console.IsTerminal, Time, Mask);
        Recorder = new PhaseRecorder(_console, Time);
        Store = StoreIn(CallerPath.Resolve(Stores.BackupDirectory));
        GitHub = new GitHubComposition(build, _secrets, Recorder);
    }

    public TimeProvider Time { get; } = TimeProvider.System;

    public SecretMask Mask { get; } = new();

    public PhaseRecorder Recorder { get; }

    public LocalDirectoryStore Store { get; }

    public GitHubComposition GitHub { get; }

    /// <summary>Every store that was named.</summary>
    public BackupCatalogue Catalogue => field ??= new BackupCatalogue(
        [.. GitHub.IsLocalNamed || Copies ? [Store] : Array.Empty<IBackupStore>(), .. GitHub.Stores], Recorder, new LocalArchiveLocator(CallerPath.Directory, Recorder), NamedServer);

    /// <summary>Without the artifacts of workflow runs: GitHub itself removes those after their time.</summary>
    public BackupCatalogue Retained => new([.. Catalogue.Stores.Where(store => store.Name != RelayOps.Adapters.Stores.GitHub.ArtifactStore.StoreName)], Recorder);

    /// <summary>What is copied comes from here, whether or not --store names this machine.</summary>
    private bool Copies => _build.InvokedTargets.Any(target => target.Name == "Copy");

    public CodecSet Codecs { get; } = RelayOps.Adapters.Archives.Codecs.All;

    public IComposeParser Compose { get; } = new YamlComposeParser();

    public bool DryRun => Reporting.DryRun;

    /// <summary>Standard output belongs to a document.</summary>
    public static bool Json => StandardOutput.IsReserved;

    public string DeploymentPath => Server.DeploymentPath;

    public DeploymentParts Parts => DeploymentPartsText.Parse(Server.Only);

    public static Development Development => new(NukeBuild.RootDirectory);

    public static string Tool { get; } =
        $"RelayOps {typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    /// <exception cref="RelayOpsException">None was named.</exception>
    public string BackupName => Stores.BackupId ?? throw new RelayOpsException("no backup was named", "--backup-id has no default here",
        "pass --backup-id with an id of the List target, or latest", ExitStatus.WrongUse);

    public VerificationLevel Level => Enum.Parse<VerificationLevel>(((IVerify)_build).Level, ignoreCase: true);

    private IHazServer Server => _build;

    private IHazStores Stores => _build;

    private IHazReporting Reporting => _build;

    private IBackup Backup => _build;

    private IHazEncryption Encryption => _build;

    /// <summary>One connection for the whole run.</summary>
    /// <exception cref="RelayOpsException">No server was named, or it cannot be reached.</exception>
    public async Task<IHost> GetHostAsync(CancellationToken cancellationToken) => _host ??= await OpenAsync(cancellationToken);

    public async Task<IHost> OpenThisMachineAsync(CancellationToken cancellationToken) =>
        new BoundedHost(await LocalHost.OpenAsync(new HostTimeouts(), Time, cancellationToken), BoundedHost.Usual, Time);

    public LocalDirectoryStore StoreIn(string directory) => new(directory, Recorder);

    public BackupRequest BackupRequest(DeploymentParts parts) => new()
    {
        Parts = parts,
        Codec = Codecs.Get(Backup.Compression),
        CompressionLevel = Backup.CompressionLevel,
        Owner = Owner("Backup"),
        LockWait = Duration.Parse(Server.LockWait),
        RedisSaveTimeout = Duration.Parse(Server.RedisSaveTimeout),
        SpoolDirectory = Store.Directory,
        AllowShrink = Backup.AllowShrink,
        Cipher = Cipher,
        Signer = Signer,
        Tool = Tool,
    };

    /// <summary>Shown to whoever waits for the deployment meanwhile.</summary>
    public LockOwner Owner(string operation) => new(operation, Environment.UserName, Environment.MachineName,
        Environment.GetEnvironmentVariable("GITHUB_RUN_ID") is { Length: > 0 } run ? $"run {run}" : null, Time.GetUtcNow());

    /// <summary>What the server may compress with and this side can undo.</summary>
    public Wire Wire() => new([.. Codecs.Names.Select(Codecs.Get).Where(codec => codec.IsAvailable)]);

    public VerifyTools VerifyTools() => new()
    {
        Codecs = Codecs,
        Compose = Compose,
        Scrypt = new BouncyCastleScrypt(),
        Reporter = Recorder,
        Time = Time,
        Drill = Drill,
        Witness = Witness,
        Certificates = Certificates,
        FindCipher = FindCipher,
        TrustedSigners = TrustedSigners,
    };

    public RetentionPolicy RetentionPolicy()
    {
        IPrune prune = _build;
        return new RetentionPolicy
        {
            Keep = prune.Keep ?? RelayOps.Core.Backups.RetentionPolicy.DefaultKeep,
            KeepDaily = prune.KeepDaily ?? 0,
            KeepWeekly = prune.KeepWeekly ?? 0,
            KeepMonthly = prune.KeepMonthly ?? 0,
        };
    }

    /// <summary>In every store that has it, the nearest first.</summary>
    public Task<IReadOnlyList<CataloguedBackup>> GetCopiesAsync(CancellationToken cancellationToken) =>
        Catalogue.GetAllAsync(Stores.BackupId ?? BackupCatalogue.Latest, cancellationToken);

    public async Task PublishAsync(OperationReport report, CancellationToken cancellationToken)
    {
        var destinations = ReportDestinations.From(Environment.GetEnvironmentVariable, Console.Out, ReportPath, Mask);
        StandardOutput.Finish(ReportTexts.Map(report, Mask.Clean));
        foreach (var problem in await ReportPublisher.PublishAsync(report, destinations, cancellationToken))
            Recorder.Warn(problem);
        if (await GitHub.TellIncidentAsync(ReportTexts.Map(report, Mask.Clean), cancellationToken) is { } untold)
            Recorder.Warn(untold);
        await NotifyAsync(ReportTexts.Map(report, Mask.Clean), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        if (_newHost is not null)
            await _newHost.DisposeAsync();
        await EndSigningAsync();
        GitHub.Dispose();
        _notifications?.Dispose();
        _console.Dispose();
    }

    /// <summary>One connection to the server of --new-server for the whole run.</summary>
    /// <exception cref="RelayOpsException">It cannot be reached.</exception>
    public async Task<IHost> GetNewHostAsync(CancellationToken cancellationToken) =>
        _newHost ??= await OpenAsync(((IMigrate)_build).NewServer!, _secrets.NewSshKey ?? _secrets.SshKey, cancellationToken);

    private Task<IHost> OpenAsync(CancellationToken cancellationToken) => Server.Server is { Length: > 0 } named
        ? OpenAsync(named, _secrets.SshKey, cancellationToken)
        : throw new RelayOpsException("no server was named", "--server has no default",
            "pass --server [user@]host[:port], or --server local for a deployment on this machine", ExitStatus.WrongUse);

    private async Task<IHost> OpenAsync(string server, string? key, CancellationToken cancellationToken)
    {
        var host = server == "local" ? await OpenThisMachineAsync(cancellationToken)
            : await ConnectAsync(SshTarget.Parse(server), key, cancellationToken);
        return DryRun ? new DryRunHost(host, Recorder.Note) : host;
    }

    private async Task<IHost> ConnectAsync(SshTarget target, string? key, CancellationToken cancellationToken)
    {
        var connection = ConnectionTo(target, key);
        var host = new RetryingHost(target.ToString(), retry => SshHosts.OpenAsync(connection, Time, retry), new RetrySettings(), Time,
            (error, delay) => Recorder.Note($"{error.What}: {error.Why}; trying again in {delay.TotalSeconds:0} s"));
        await host.ConnectAsync(cancellationToken);
        return new BoundedHost(host, BoundedHost.Usual, Time);
    }

    private SshConnection ConnectionTo(SshTarget target, string? key) => new()
    {
        Target = target,
        Transport = Server.Transport,
        Key = CallerPath.ResolveUnlessText(key),
        KeyPassphrase = _secrets.SshKeyPassphrase,
        KnownHosts = CallerPath.ResolveUnlessText(Server.KnownHosts),
    };
}
