using System.Collections.Immutable;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Tests.Operations.Examination;

/// <summary>For each check, what makes it fail, and how badly.</summary>
internal static class IllFacts
{
    public sealed record Case(string Id, CheckOutcome Outcome, Func<DoctorFacts, DoctorFacts> Make);

    private static readonly RelayOpsException Broken = new("it broke", "a test wants it", "mend it", ExitStatus.NoConnection);

    public static ImmutableArray<Case> All { get; } =
    [
        new("machine.dotnet", CheckOutcome.Error, Machine(machine => machine with { Runtime = new Version(9, 0) })),
        new("machine.ssh", CheckOutcome.Error, Machine(machine => machine with { Ssh = null })),
        new("machine.encryption-tool", CheckOutcome.Error, Machine(machine => machine with { EncryptionError = Broken })),
        new("machine.compression", CheckOutcome.Error, Machine(machine => machine with { CanCompress = false })),
        new("machine.directory", CheckOutcome.Error, Machine(machine => machine with { IsWritable = false })),
        new("machine.directory", CheckOutcome.Warning, Machine(machine => machine with { DirectoryExists = false, DirectoryMode = null })),
        new("machine.directory-mode", CheckOutcome.Warning, Machine(machine => machine with { DirectoryMode = Mode("755") })),
        new("machine.archive-modes", CheckOutcome.Error, Machine(machine => machine with { OpenArchives = ["/backups/a.tar.gz"] })),
        new("machine.disk", CheckOutcome.Error, Machine(machine => machine with { FreeBytes = 1000 })),
        new("machine.disk", CheckOutcome.Warning, Machine(machine => machine with { FreeBytes = 3_000_000 })),
        new("machine.clock", CheckOutcome.Warning, Machine(machine => machine with { IsClockSynchronised = false })),
        new("machine.identity", CheckOutcome.Error, Machine(machine => machine with { Identity = new PrivateFile("/k", true, Mode("644")) })),
        new("machine.identity", CheckOutcome.Error, Machine(machine => machine with { Identity = new PrivateFile("/k", false, null) })),

        new("connection.key", CheckOutcome.Error, Login(login => login with { Key = new PrivateFile("/k", false, null) })),
        new("connection.key", CheckOutcome.Error, Login(login => login with { Key = new PrivateFile("/k", true, Mode("640")) })),
        new("connection.key", CheckOutcome.Warning, Login(login => login with { HasKey = false, DefaultKeys = [new PrivateFile("/k", true, Mode("604"))] })),
        new("connection.agent", CheckOutcome.Error, facts => Login(login => login with { HasKey = false })(facts) with { Connection = Gathered.Failed<ConnectionFacts>(Broken) }),
        new("connection.agent", CheckOutcome.Error, facts => Login(login => login with { HasKey = false, AgentKeys = null })(facts) with { Connection = Gathered.Failed<ConnectionFacts>(Broken) }),
        new("connection.host-key", CheckOutcome.Error, facts => Login(login => login with { HostKeys = [] })(facts) with { Connection = Gathered.Failed<ConnectionFacts>(Broken) }),
        new("connection.reachable", CheckOutcome.Error, facts => facts with { Connection = Gathered.Failed<ConnectionFacts>(Broken) }),
        new("connection.latency", CheckOutcome.Warning, Connection(connection => connection with { RoundTrip = TimeSpan.FromSeconds(2) })),
        new("connection.clean-shell", CheckOutcome.Error, Connection(connection => connection with { Noise = "Welcome!" })),

        new("server.shell", CheckOutcome.Error, facts => facts with { Server = Gathered.Failed<ServerFacts>(Broken) }),
        new("server.rights", CheckOutcome.Error, facts => Docker(docker => docker with { Version = null })(Server(server => server with { CanSudo = false })(facts))),
        new("server.tools", CheckOutcome.Error, Server(server => server with { Tools = server.Tools.Remove("tar") })),
        new("server.compression", CheckOutcome.Warning, Server(server => server with { Tools = server.Tools.Remove("gzip").Remove("zstd") })),
        new("server.writable", CheckOutcome.Error, Server(server => server with { IsWritable = false, CanSudo = false })),
        new("server.disk", CheckOutcome.Error, Server(server => server with { FreeBytes = 100 << 20 })),
        new("server.disk", CheckOutcome.Warning, Server(server => server with { FreeBytes = 2L << 30 })),
        new("server.inodes", CheckOutcome.Error, Server(server => server with { FreeInodes = 0.001 })),
        new("server.inodes", CheckOutcome.Warning, Server(server => server with { FreeInodes = 0.02 })),
        new("server.memory", CheckOutcome.Warning, Server(server => server with { MemoryAvailable = 10 << 20 })),
        new("server.load", CheckOutcome.Warning, Server(server => server with { Load = 20 })),
        new("server.clock", CheckOutcome.Error, Server(server => server with { ClockSkew = TimeSpan.FromDays(-2) })),
        new("server.clock", CheckOutcome.Warning, Server(server => server with { ClockSkew = TimeSpan.FromMinutes(2) })),
        new("server.lock", CheckOutcome.Warning, Server(server => server with { LockAge = 5, LockOwner = "Backup by somebody" })),
        new("server.lock", CheckOutcome.Warning, Server(server => server with { LockAge = 500 })),
        new("server.journal", CheckOutcome.Error, Server(server => server with { HasJournal = true })),
        new("server.staging", CheckOutcome.Warning, Server(server => server with { Staging = [".relayops/staging-20250805_120000"] })),
        new("server.put-aside", CheckOutcome.Warning, Server(server => server with { Aside = server.Aside.Add("data.bak.20250801_120000", 10L << 30) })),

        new("docker.daemon", CheckOutcome.Error, Docker(docker => docker with { Version = null, Error = "permission denied" })),
        new("docker.daemon", CheckOutcome.Error, Docker(docker => docker with { Version = null })),
        new("docker.version", CheckOutcome.Warning, Docker(docker => docker with { Version = "19.03.1" })),
        new("docker.compose", CheckOutcome.Error, Docker(docker => docker with { ComposeProgram = null, ComposeVersion = null })),
        new("docker.compose", CheckOutcome.Warning, Docker(docker => docker with { ComposeProgram = "docker-compose", ComposeVersion = "1.29.2" })),
        new("docker.containers", CheckOutcome.Error, Docker(docker => docker with { Containers = [docker.Containers[0]] })),
        new("docker.containers", CheckOutcome.Error, Containers(container => container with { IsRunning = false })),
        new("docker.containers", CheckOutcome.Warning, Containers(container => container with { IsRunning = container.IsRedis })),
        new("docker.restarts", CheckOutcome.Error, Containers(container => container with { IsRestarting = true })),
        new("docker.restarts", CheckOutcome.Warning, Containers(container => container with { Restarts = 9 })),
        new("docker.health", CheckOutcome.Error, Containers(container => container with { Health = "unhealthy" })),
        new("docker.images", CheckOutcome.Warning, Containers(container => container with { HasImage = false })),
        new("docker.logs", CheckOutcome.Warning, Containers(container => container with { HasLogLimit = false })),
        new("docker.restart-policy", CheckOutcome.Warning, Containers(container => container with { RestartPolicy = "no" })),
        new("docker.project", CheckOutcome.Warning, Containers(container => container with { Project = container.Name })),

        new("redis.answers", CheckOutcome.Error, facts => facts with { Redis = Gathered.Failed<RedisFacts>(Broken) }),
        new("redis.version", CheckOutcome.Error, Redis(redis => redis with { Version = "4.0.1" })),
        new("redis.version", CheckOutcome.Warning, Redis(redis => redis with { Version = "9.0.0" })),
        new("redis.version", CheckOutcome.Warning, Redis(redis => redis with { Version = "5.0.14" })),
        new("redis.version", CheckOutcome.Warning, Redis(redis => redis with { Version = "unknown" })),
        new("redis.loading", CheckOutcome.Error, Redis(redis => redis with { IsLoading = true })),
        new("redis.persistence", CheckOutcome.Error, Redis(redis => redis with { IsAppendOnly = false, Save = "" })),
        new("redis.persistence", CheckOutcome.Warning, Redis(redis => redis with { IsAppendOnly = false })),
        new("redis.last-save", CheckOutcome.Error, Redis(redis => redis with { LastSaveStatus = "err" })),
        new("redis.append", CheckOutcome.Error, Redis(redis => redis with { AofWriteStatus = "err" })),
        new("redis.append", CheckOutcome.Error, Redis(redis => redis with { AofRewriteStatus = "err" })),
        new("redis.eviction", CheckOutcome.Error, Redis(redis => redis with { MaxMemory = 1 << 30, EvictionPolicy = "allkeys-lru" })),
        new("redis.eviction", CheckOutcome.Warning, Redis(redis => redis with { MaxMemory = 31 << 20 })),
        new("redis.role", CheckOutcome.Warning, Redis(redis => redis with { Role = "slave" })),
        new("redis.disk", CheckOutcome.Warning, Redis(redis => redis with { FreeBytes = 1 << 20 })),
        new("redis.fork-memory", CheckOutcome.Warning, Redis(redis => redis with { MemoryLimit = 31 << 20 })),
        new("redis.fork-memory", CheckOutcome.Warning, Redis(redis => redis with { UsedMemory = 10L << 30 })),
        new("redis.overcommit", CheckOutcome.Warning, Server(server => server with { Overcommit = 0 })),
        new("redis.huge-pages", CheckOutcome.Warning, Server(server => server with { HugePages = "[always] madvise never" })),
        new("redis.exposed", CheckOutcome.Error, Redis(redis => redis with { Exposed = [new PublishedPort("", "6379", "6379/tcp")] })),
        new("redis.exposed", CheckOutcome.Warning, Redis(redis => redis with { Exposed = [new PublishedPort("0.0.0.0", "6379", "6379/tcp")], HasPassword = true })),
        new("redis.exposed", CheckOutcome.Error, Listens("bind=* -::*\nprotected-mode=no\nport=6379", hasPassword: false)),
        new("redis.exposed", CheckOutcome.Error, Listens("bind=0.0.0.0\nprotected-mode=yes\nport=6379", hasPassword: false, version: "6.2.14")),
        new("redis.exposed", CheckOutcome.Warning, Listens("bind=10.0.0.5 127.0.0.1\nprotected-mode=yes\nport=6379", hasPassword: true)),
        new("redis.data-directory", CheckOutcome.Error, Redis(redis => redis with { DataDirectory = "/srv/elsewhere" })),
        new("redis.data-directory", CheckOutcome.Error, Redis(redis => redis with { DataDirectory = null })),

        new("deployment.found", CheckOutcome.Error, facts => facts with { Deployment = Gathered.Failed<DeploymentFacts>(Broken) }),
        new("deployment.readable", CheckOutcome.Error, Deployment(found => found with { Unreadable = ["cannot read appendonlydir"] })),
        new("deployment.env", CheckOutcome.Error, Deployment(found => found with { HasEnvironmentFile = false, Environment = null })),
        new("deployment.env-lines", CheckOutcome.Error, Settings("no setting at all\n")),
        new("deployment.encryption-key", CheckOutcome.Error, Settings("ENCRYPTION_KEY=\n")),
        new("deployment.encryption-key", CheckOutcome.Warning, Settings("ENCRYPTION_KEY=short\n")),
        new("deployment.jwt-secret", CheckOutcome.Error, Settings("JWT_SECRET=\n")),
        new("deployment.jwt-secret", CheckOutcome.Warning, Settings("JWT_SECRET=short\n")),
        new("deployment.default-secrets", CheckOutcome.Error, Settings("JWT_SECRET=your-jwt-secret-here\n")),
        new("deployment.default-secrets", CheckOutcome.Error, Settings("ENCRYPTION_KEY=CHANGE-THIS-32-CHARACTER-KEY-NOW\n")),
        new("deployment.default-secrets", CheckOutcome.Error, Settings("LDAP_ENABLED=true\nLDAP_BIND_PASSWORD=admin_password\n")),
        new("deployment.administrator", CheckOutcome.Warning, Deployment(found => found with { AdministratorDiffers = true })),
        new("deployment.administrator", CheckOutcome.Warning, facts => Deployment(found => found with { HasInitFile = false })(Settings("ADMIN_PASSWORD=\n")(facts))),
        new("deployment.env-mode", CheckOutcome.Error, Modes(".env", "644", "ubuntu")),
        new("deployment.env-mode", CheckOutcome.Warning, Modes(".env", "640", "root")),
        new("deployment.init-mode", CheckOutcome.Warning, Modes("data/init.json", "644", "root")),
        new("deployment.compose", CheckOutcome.Error, Deployment(found => found with { Compose = null, ComposeProblem = "line 3 is no YAML" })),
        new("deployment.compose", CheckOutcome.Error, Deployment(found => found with { ComposeAccepts = false })),
        new("deployment.images", CheckOutcome.Warning, Deployment(found => found with { ServicesWithImage = [] })),
        new("deployment.volumes", CheckOutcome.Warning, Deployment(found => found with { Compose = found.Compose! with { NamedVolumes = ["cache"] } })),
        new("deployment.mounts", CheckOutcome.Warning, Server(server => server with { MountPoints = ["redis_data"] })),
        new("deployment.ports", CheckOutcome.Warning, Containers(container => container with { Ports = [new PublishedPort("0.0.0.0", "3000", "3000/tcp")] })),
        new("deployment.health", CheckOutcome.Error, Deployment(found => found with { Health = "/health says that redis is unhealthy" })),
        new("deployment.key-fits-backup", CheckOutcome.Error, Settings("ENCRYPTION_KEY=ffffffffffffffffffffffffffffffff\n")),

        new("backups.stores", CheckOutcome.Error, Backups(backups => backups with { Stores = [.. backups.Stores, new StoreFacts("artifact", true, [], Broken)] })),
        new("backups.age", CheckOutcome.Error, Stored("20250801_120000")),
        new("backups.age", CheckOutcome.Warning, Backups(backups => backups with { ServerName = "another" })),
        new("backups.verified", CheckOutcome.Error, Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup("20250805_120000", VerificationLevel.None)]))),
        new("backups.verified", CheckOutcome.Warning, Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup("20250805_120000", VerificationLevel.Sealed)]))),
        new("backups.drilled", CheckOutcome.Warning, Stored("20250805_120000")),
        new("backups.drilled", CheckOutcome.Warning, Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup("20260805_120000", VerificationLevel.Drill), HealthyFacts.Backup("20250805_120000")]))),
        new("backups.verified", CheckOutcome.Error, Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup("20260805_120000"), HealthyFacts.Backup("20250805_120000", VerificationLevel.None)]))),
        new("backups.drilled", CheckOutcome.Warning, Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup("20250601_120000", VerificationLevel.Drill)]))),
        new("backups.records", CheckOutcome.Error, Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup("20250805_120000") with { SizeBytes = 5 }]))),
        new("backups.future", CheckOutcome.Warning, Stored("20260101_120000")),
        new("backups.size", CheckOutcome.Warning, Backups(_ => HealthyFacts.Backups([Keys("20250805_120000", 3), Keys("20250804_120000", 1300)]))),
        new("backups.off-site", CheckOutcome.Warning, Backups(backups => backups with { Stores = [backups.Stores[0]] })),
        new("backups.off-site", CheckOutcome.Warning, OffSite()),
        new("backups.off-site", CheckOutcome.Warning, OffSite(HealthyFacts.Backup("20250801_120000"))),
        new("backups.off-site", CheckOutcome.Warning, OffSite(HealthyFacts.Backup("20260805_120000"))),
        new("backups.off-site", CheckOutcome.Warning, OffSite(HealthyFacts.Backup("20250805_120000", VerificationLevel.None))),
        new("backups.off-site", CheckOutcome.Warning, OffSite(HealthyFacts.Backup("20250805_120000") with { SizeBytes = 5 })),
        new("backups.off-site", CheckOutcome.Warning, OffSite(Of("another.example.org"))),
        new("backups.encrypted", CheckOutcome.Error, Backups(backups => backups with { IsEncrypting = false })),
        new("backups.encrypted", CheckOutcome.Error, Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup("20250805_120000", extension: ".tar.gz")]))),
        new("backups.retention", CheckOutcome.Error, Backups(backups => backups with { Retention = new RetentionPolicy { Keep = 0 } })),
        new("backups.retention", CheckOutcome.Error, Backups(backups => backups with { Retention = new RetentionPolicy { KeepDaily = -1 } })),
        new("backups.retention", CheckOutcome.Warning, Backups(backups => backups with { Retention = new RetentionPolicy { Keep = 1 } })),

        new("github.repository", CheckOutcome.Error, GitHub(github => github with { Exposure = github.Exposure with { Visibility = RepositoryVisibility.Unknown, Why = "404" } })),
        new("github.repository", CheckOutcome.Error, facts => facts with { GitHub = Gathered.Failed<GitHubFacts>(Broken) }),
        new("github.token", CheckOutcome.Error, GitHub(github => github with { HasToken = false })),
        new("github.permission", CheckOutcome.Error, GitHub(github => github with { CanWrite = false })),
        new("github.visibility", CheckOutcome.Error, GitHub(github => github with { Exposure = github.Exposure with { Visibility = RepositoryVisibility.Public }, IsEncrypting = false, AllowsPlaintext = true })),
        new("github.visibility", CheckOutcome.Error, GitHub(github => github with { IsEncrypting = false })),
        new("github.schedule", CheckOutcome.Warning, GitHub(github => github with { Workflows = github.Workflows!.SetItem(".github/workflows/backup.yml", "disabled_inactivity") })),
    ];

    private static int Mode(string octal) => Convert.ToInt32(octal, 8);

    private static StoredBackup Keys(string id, long keys) => HealthyFacts.Backup(id) is var backup ? backup with { Record = backup.Record! with { Keys = keys } } : null!;

    private static Func<DoctorFacts, DoctorFacts> Machine(Func<MachineFacts, MachineFacts> change) => facts => facts with { Machine = facts.Machine.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> Login(Func<LoginFacts, LoginFacts> change) => facts => facts with { Login = facts.Login.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> Connection(Func<ConnectionFacts, ConnectionFacts> change) => facts => facts with { Connection = facts.Connection.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> Server(Func<ServerFacts, ServerFacts> change) => facts => facts with { Server = facts.Server.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> Docker(Func<DockerFacts, DockerFacts> change) => facts => facts with { Docker = facts.Docker.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> Containers(Func<ContainerState, ContainerState> change) =>
        Docker(docker => docker with { Containers = [.. docker.Containers.Select(change)] });

    private static Func<DoctorFacts, DoctorFacts> Redis(Func<RedisFacts, RedisFacts> change) => facts => facts with { Redis = facts.Redis.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> Deployment(Func<DeploymentFacts, DeploymentFacts> change) => facts => facts with { Deployment = facts.Deployment.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> Backups(Func<BackupFacts, BackupFacts> change) => facts => facts with { Backups = facts.Backups.Select(change) };

    private static Func<DoctorFacts, DoctorFacts> GitHub(Func<GitHubFacts, GitHubFacts> change) => facts => facts with { GitHub = facts.GitHub.Select(change) };

    /// <summary>Lines behind those of a healthy .env: the last value of a name counts.</summary>
    private static Func<DoctorFacts, DoctorFacts> Settings(string lines) => Deployment(found => found with { Environment = DotEnv.Parse(HealthyFacts.Settings + lines) });

    private static Func<DoctorFacts, DoctorFacts> Modes(string name, string mode, string owner) =>
        Server(server => server with { Modes = server.Modes.SetItem(name, new OwnedMode(Mode(mode), owner)) });

    /// <summary>Fresh here, and there as given.</summary>
    private static Func<DoctorFacts, DoctorFacts> OffSite(params ImmutableArray<StoredBackup> there) => Backups(backups => backups with
    {
        Stores = [new StoreFacts("local", false, [HealthyFacts.Backup("20250805_120000", store: "local")]), new StoreFacts("release", true, there)],
    });

    private static StoredBackup Of(string server) =>
        HealthyFacts.Backup("20250805_120000") is var backup ? backup with { Record = backup.Record! with { Server = backup.Record.Server with { Name = server } } } : null!;

    /// <summary>On the server's own network, as CONFIG GET tells it.</summary>
    private static Func<DoctorFacts, DoctorFacts> Listens(string said, bool hasPassword, string version = "7.0.15") => Redis(redis =>
        RedisListening.Parse(said, version) is var listening ? redis with { Listening = listening, Exposed = [.. listening.Exposed], HasPassword = hasPassword } : redis);

    private static Func<DoctorFacts, DoctorFacts> Stored(string id) => Backups(_ => HealthyFacts.Backups([HealthyFacts.Backup(id)]));
}
