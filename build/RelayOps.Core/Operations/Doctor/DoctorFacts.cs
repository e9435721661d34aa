using System.Collections.Immutable;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>All that was gathered: what the checks judge, and nothing else.</summary>
public sealed record DoctorFacts
{
    public required DateTimeOffset Now { get; init; }

    public required Gathered<MachineFacts> Machine { get; init; }

    /// <summary>What this machine has to log in with.</summary>
    public required Gathered<LoginFacts> Login { get; init; }

    public required Gathered<ConnectionFacts> Connection { get; init; }

    public required Gathered<ServerFacts> Server { get; init; }

    public required Gathered<DockerFacts> Docker { get; init; }

    public required Gathered<RedisFacts> Redis { get; init; }

    public required Gathered<DeploymentFacts> Deployment { get; init; }

    public required Gathered<BackupFacts> Backups { get; init; }

    public required Gathered<GitHubFacts> GitHub { get; init; }
}

/// <param name="Mode">Permission bits; null where the system has none.</param>
public sealed record PrivateFile(string Path, bool Exists, int? Mode)
{
    /// <summary>Others than its owner may do something with it.</summary>
    public bool IsOpen => Mode is { } mode && (mode & 0b111_111) != 0;
}

/// <summary>The machine that RelayOps runs on.</summary>
public sealed record MachineFacts
{
    public required Version Runtime { get; init; }

    /// <summary>The transport that would be used; null where no server is named or it is this machine.</summary>
    public string? Transport { get; init; }

    /// <summary>What <c>ssh -V</c> says; null where there is none.</summary>
    public string? Ssh { get; init; }

    /// <summary>As <c>--encrypt-to</c> asks for: <c>age</c> or <c>gpg</c>; null where nothing is encrypted.</summary>
    public string? EncryptionTool { get; init; }

    /// <summary>What keeps it from encrypting; null where it sealed an empty text.</summary>
    public RelayOpsException? EncryptionError { get; init; }

    public required string Compression { get; init; }

    public required bool CanCompress { get; init; }

    /// <summary>The local store.</summary>
    public required string Directory { get; init; }

    public required bool DirectoryExists { get; init; }

    /// <summary>Of the directory, or of the nearest one above that is there.</summary>
    public required bool IsWritable { get; init; }

    public int? DirectoryMode { get; init; }

    /// <summary>It holds other things than backups: then its mode is not ours to change.</summary>
    public bool HoldsOtherFiles { get; init; }

    public required long FreeBytes { get; init; }

    /// <summary>Archives that others than their owner may read.</summary>
    public ImmutableArray<string> OpenArchives { get; init; } = [];

    /// <summary>Null where nothing tells.</summary>
    public bool? IsClockSynchronised { get; init; }

    /// <summary>Null where <c>--identity</c> names no file.</summary>
    public PrivateFile? Identity { get; init; }
}

/// <summary>What stands ready for a login, seen from here.</summary>
public sealed record LoginFacts
{
    /// <summary>As the operator named the server.</summary>
    public required string Target { get; init; }

    /// <summary>A key was given, as a path or as its text.</summary>
    public required bool HasKey { get; init; }

    /// <summary>The key's file; null where a text was given, or nothing.</summary>
    public PrivateFile? Key { get; init; }

    /// <summary>Keys that ssh tries by itself.</summary>
    public ImmutableArray<PrivateFile> DefaultKeys { get; init; } = [];

    /// <summary>Null where no agent answers.</summary>
    public int? AgentKeys { get; init; }

    /// <summary>Types of the host keys that are known for the server.</summary>
    public ImmutableArray<string> HostKeys { get; init; } = [];

    /// <summary>Where host keys are looked up.</summary>
    public required string KnownHosts { get; init; }
}

/// <summary>A connection that stands.</summary>
/// <param name="RoundTrip">Of a command that does nothing; the shortest of several.</param>
/// <param name="Noise">What the server prints before a command's own output; empty as it should be.</param>
public sealed record ConnectionFacts(string Name, TimeSpan RoundTrip, string Noise);

/// <summary>A place that keeps backups and what it said.</summary>
/// <param name="Error">Why it could not be listed.</param>
public sealed record StoreFacts(string Name, bool IsRemote, ImmutableArray<Stores.StoredBackup> Backups, RelayOpsException? Error = null);

public sealed record BackupFacts
{
    public required ImmutableArray<StoreFacts> Stores { get; init; }

    /// <summary>Only backups of this server count; null counts all.</summary>
    public string? ServerName { get; init; }

    public required TimeSpan MaxAge { get; init; }

    public required Backups.RetentionPolicy Retention { get; init; }

    /// <summary>New backups are encrypted.</summary>
    public required bool IsEncrypting { get; init; }

    /// <summary>Of this server and of everything in it, newest first; each store's copy by itself.</summary>
    public ImmutableArray<Stores.StoredBackup> Own => OwnIn(Stores);

    public IEnumerable<StoreFacts> Remote => Stores.Where(store => store.IsRemote);

    /// <summary>The same of some stores.</summary>
    public ImmutableArray<Stores.StoredBackup> OwnIn(IEnumerable<StoreFacts> stores) =>
    [
        .. stores.SelectMany(store => store.Backups)
            .Where(backup => backup.Record is null or { Only: null })
            .Where(backup => ServerName is null || backup.Record is { } record && record.Server.Name == ServerName)
            .OrderByDescending(backup => backup.Id),
    ];

    /// <summary>Which of them did not answer, and why; null where all did.</summary>
    public static string? FindUnasked(IEnumerable<StoreFacts> stores) =>
        stores.Where(store => store.Error is not null).Select(store => $"store {store.Name} could not be asked: {store.Error!.What}: {store.Error.Why}").ToList() is { Count: > 0 } unasked
            ? string.Join("; ", unasked) : null;
}

/// <summary>The repository that keeps backups or runs the workflows.</summary>
public sealed record GitHubFacts
{
    public required Stores.RepositoryExposure Exposure { get; init; }

    /// <summary>Some store of <c>--store</c> lies there.</summary>
    public required bool HasStore { get; init; }

    public required bool HasToken { get; init; }

    /// <summary>Null where GitHub does not say.</summary>
    public bool? CanWrite { get; init; }

    public required bool IsEncrypting { get; init; }

    public required bool AllowsPlaintext { get; init; }

    /// <summary>Names of workflows and the state GitHub has them in; null where it could not be asked for.</summary>
    public ImmutableDictionary<string, string>? Workflows { get; init; }
}
