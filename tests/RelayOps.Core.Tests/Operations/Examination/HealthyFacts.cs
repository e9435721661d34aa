using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Stores;
using RelayOps.Core.Tests.Stores;

namespace RelayOps.Core.Tests.Operations.Examination;

/// <summary>Facts that every check is content with.</summary>
internal static class HealthyFacts
{
    public const string Key = "0123456789abcdef0123456789abcdef";

    public const string Path = "/home/ubuntu/claude-relay-deployment";

    public static DateTimeOffset Now { get; } = new(2025, 8, 5, 18, 0, 0, TimeSpan.Zero);

    public static string Settings { get; } = $"JWT_SECRET=fedcba9876543210fedcba9876543210\nENCRYPTION_KEY={Key}\nADMIN_PASSWORD=a long one\n";

    private static readonly string Fingerprint = KeyFingerprint.Of(Key, "server");

    public static DoctorFacts All { get; } = new()
    {
        Now = Now,
        Machine = Gathered.Of(Machine()),
        Login = Gathered.Of(new LoginFacts { Target = "ubuntu@server", HasKey = true, HostKeys = ["ssh-ed25519"], KnownHosts = "--known-hosts", AgentKeys = 0 }),
        Connection = Gathered.Of(new ConnectionFacts("ubuntu@server", TimeSpan.FromMilliseconds(20), "")),
        Server = Gathered.Of(Server()),
        Docker = Gathered.Of(new DockerFacts { Version = "27.1.0", User = "ubuntu", ComposeProgram = "docker compose", ComposeVersion = "2.29.1", Containers = [Container("claude-relay"), Container("redis")] }),
        Redis = Gathered.Of(Redis()),
        Deployment = Gathered.Of(Deployment()),
        Backups = Gathered.Of(Backups([Backup("20250805_120000", VerificationLevel.Drill), Backup("20250804_120000")])),
        GitHub = Gathered.Of(new GitHubFacts
        {
            Exposure = new RepositoryExposure(GitHubRepository.Parse("o/r"), RepositoryVisibility.Private),
            HasStore = true,
            HasToken = true,
            CanWrite = true,
            IsEncrypting = true,
            AllowsPlaintext = false,
            Workflows = ImmutableDictionary<string, string>.Empty.Add(".github/workflows/backup.yml", "active"),
        }),
    };

    public static StoredBackup Backup(string id, VerificationLevel verified = VerificationLevel.Deep, string extension = ".tar.gz.age", string store = "release")
    {
        var backup = new MemoryStore(store).Add(id, "server", verified, extension: extension);
        return backup with { Record = backup.Record! with { EncryptionKeyFingerprint = Fingerprint } };
    }

    public static BackupFacts Backups(ImmutableArray<StoredBackup> backups) => new()
    {
        Stores = [new StoreFacts("local", false, []), new StoreFacts("release", true, backups)],
        ServerName = "server.example.org",
        MaxAge = TimeSpan.FromHours(26),
        Retention = new RetentionPolicy(),
        IsEncrypting = true,
    };

    public static ContainerState Container(string name) => new()
    {
        Name = name,
        IsRedis = name == "redis",
        IsRunning = true,
        Image = name,
        HasImage = true,
        Health = "healthy",
        LogDriver = "json-file",
        HasLogLimit = true,
        RestartPolicy = "unless-stopped",
        Project = "relay",
        Ports = name == "redis" ? [] : [new PublishedPort("127.0.0.1", "3000", "3000/tcp")],
    };

    private static MachineFacts Machine() => new()
    {
        Runtime = new Version(10, 0, 1),
        Transport = "open-ssh",
        Ssh = "OpenSSH_9.2p1",
        EncryptionTool = "age",
        Compression = "gzip",
        CanCompress = true,
        Directory = "/backups",
        DirectoryExists = true,
        IsWritable = true,
        DirectoryMode = Convert.ToInt32("700", 8),
        FreeBytes = 50L << 30,
        IsClockSynchronised = true,
        Identity = new PrivateFile("/home/me/age.key", true, Convert.ToInt32("600", 8)),
    };

    private static ServerFacts Server() => new()
    {
        User = "ubuntu",
        CanSudo = true,
        ClockSkew = TimeSpan.Zero,
        FreeBytes = 20L << 30,
        TotalBytes = 40L << 30,
        FreeInodes = 0.7,
        MemoryTotal = 4L << 30,
        MemoryAvailable = 2L << 30,
        Load = 0.3,
        Cores = 2,
        Overcommit = 1,
        HugePages = "always [madvise] never",
        Tools = ["tar", "find", "stat", "awk", "sed", "df", "du", "cat", "mv", "sync", "gzip", "zstd"],
        IsWritable = true,
        Modes = ImmutableDictionary<string, OwnedMode>.Empty
            .Add(".env", new OwnedMode(Convert.ToInt32("600", 8), "ubuntu")).Add("data/init.json", new OwnedMode(Convert.ToInt32("600", 8), "root")),
    };

    private static RedisFacts Redis() => new()
    {
        Name = "redis in 'redis'",
        Version = "7.4.1",
        Keys = 1300,
        IsAppendOnly = true,
        Save = "60 1",
        LastSaveStatus = "ok",
        AofWriteStatus = "ok",
        AofRewriteStatus = "ok",
        Role = "master",
        MaxMemory = 0,
        EvictionPolicy = "noeviction",
        UsedMemory = 30 << 20,
        FreeBytes = 20L << 30,
        HasPassword = false,
        DataDirectory = $"{Path}/redis_data",
    };

    private static DeploymentFacts Deployment() => new()
    {
        Path = Path,
        ComposeFile = "docker-compose.yml",
        HasEnvironmentFile = true,
        Environment = DotEnv.Parse(Settings),
        Compose = new ComposeFile
        {
            Services = [new ComposeService { Name = "claude-relay", Image = "weishaw/claude-relay-service", IsBuilt = true }, new ComposeService { Name = "redis", Image = "redis:7-alpine" }],
            ReferencedPaths = [],
        },
        ComposeAccepts = true,
        HasInitFile = true,
        ServicesWithImage = ["claude-relay"],
        Health = "healthy",
    };
}
