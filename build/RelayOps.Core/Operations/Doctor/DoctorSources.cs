using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The machine that RelayOps runs on: looked at, and mended where that is safe.</summary>
public interface IThisMachine
{
    Task<MachineFacts> LookAsync(CancellationToken cancellationToken);

    /// <summary>What stands ready for a login; only where a server is reached by ssh.</summary>
    Task<LoginFacts> LookForLoginAsync(CancellationToken cancellationToken);

    void SetMode(string path, int mode);

    void MakeDirectory(string path, int mode);
}

/// <param name="Open">May fail where something it needs was not given.</param>
public sealed record DoctorStore(string Name, bool IsRemote, Func<IBackupStore> Open);

/// <summary>Where the facts come from.</summary>
public sealed record DoctorSources
{
    public required IThisMachine Machine { get; init; }

    /// <summary>The server is reached by ssh.</summary>
    public required bool HasLogin { get; init; }

    /// <summary>Null where no server is named.</summary>
    public Func<CancellationToken, Task<IHost>>? OpenAsync { get; init; }

    public required IReadOnlyList<DoctorStore> Stores { get; init; }

    /// <summary>Null where no repository is named and no store lies in one.</summary>
    public Func<CancellationToken, Task<GitHubFacts>>? LookAtGitHubAsync { get; init; }

    public required IComposeParser Compose { get; init; }

    public required IReporter Reporter { get; init; }

    public required TimeProvider Time { get; init; }
}

public sealed record DoctorRequest
{
    public required string DeploymentPath { get; init; }

    /// <summary>Only backups of this server count; null counts all.</summary>
    public string? ServerName { get; init; }

    public required TimeSpan MaxAge { get; init; }

    public required Backups.RetentionPolicy Retention { get; init; }

    public bool IsEncrypting { get; init; }

    /// <summary>Mends what is safe to mend: modes and directories.</summary>
    public bool Fix { get; init; }

    /// <summary>With <see cref="Fix"/>: what may stop and start the service as well.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>With <see cref="Fix"/>: tells what would be mended.</summary>
    public bool DryRun { get; init; }

    /// <summary>For the lock under which an interrupted operation is finished or undone.</summary>
    public required LockOwner Owner { get; init; }

    public required TimeSpan LockWait { get; init; }
}
