using System.Collections.Immutable;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The server as its own programs and files describe it.</summary>
public sealed record ServerFacts
{
    public required string User { get; init; }

    public required bool CanSudo { get; init; }

    /// <summary>The server's clock less this machine's.</summary>
    public required TimeSpan ClockSkew { get; init; }

    /// <summary>On the file system of the deployment, or of the home directory where there is none.</summary>
    public required long FreeBytes { get; init; }

    public required long TotalBytes { get; init; }

    /// <summary>Null on file systems that do not count them.</summary>
    public double? FreeInodes { get; init; }

    /// <summary>Bytes.</summary>
    public required long MemoryTotal { get; init; }

    /// <inheritdoc cref="MemoryTotal"/>
    public required long MemoryAvailable { get; init; }

    /// <summary>The average of a minute.</summary>
    public required double Load { get; init; }

    public required int Cores { get; init; }

    /// <summary><c>vm.overcommit_memory</c>; null where the kernel does not say.</summary>
    public int? Overcommit { get; init; }

    /// <summary>As the kernel has it, e.g. <c>always [madvise] never</c>.</summary>
    public string? HugePages { get; init; }

    public required ImmutableHashSet<string> Tools { get; init; }

    /// <summary>Seconds since the lock was renewed; null where there is none.</summary>
    public long? LockAge { get; init; }

    public string? LockOwner { get; init; }

    public bool HasJournal { get; init; }

    /// <summary>Staged files that no operation owns any more.</summary>
    public ImmutableArray<string> Staging { get; init; } = [];

    /// <summary>What restores and older scripts put aside, with sizes in bytes.</summary>
    public ImmutableDictionary<string, long> Aside { get; init; } = ImmutableDictionary<string, long>.Empty;

    public bool IsWritable { get; init; }

    /// <summary>Names in the deployment's directory that are file systems of their own.</summary>
    public ImmutableArray<string> MountPoints { get; init; } = [];

    /// <summary>By their path below the deployment.</summary>
    public ImmutableDictionary<string, OwnedMode> Modes { get; init; } = ImmutableDictionary<string, OwnedMode>.Empty;
}

public sealed record OwnedMode(int Mode, string Owner);

public sealed record DockerFacts
{
    /// <summary>Null where docker is absent or refuses the user.</summary>
    public string? Version { get; init; }

    /// <summary>What it said when it refused.</summary>
    public string? Error { get; init; }

    public bool NeedsSudo { get; init; }

    public required string User { get; init; }

    /// <summary>E.g. <c>docker compose</c>.</summary>
    public string? ComposeProgram { get; init; }

    public string? ComposeVersion { get; init; }

    /// <summary>Those of the deployment; none where there is no deployment.</summary>
    public ImmutableArray<ContainerState> Containers { get; init; } = [];

    /// <summary>A Redis answers that runs outside of docker.</summary>
    public bool HasRedisOutside { get; init; }
}

/// <summary>A container as it fares.</summary>
public sealed record ContainerState
{
    public required string Name { get; init; }

    public required bool IsRedis { get; init; }

    public required bool IsRunning { get; init; }

    public bool IsRestarting { get; init; }

    /// <summary>By docker, since it was made.</summary>
    public int Restarts { get; init; }

    /// <summary><c>healthy</c>, <c>starting</c>, <c>unhealthy</c>; null without a health check.</summary>
    public string? Health { get; init; }

    public required string Image { get; init; }

    /// <summary>Docker still has the image that the container was made from.</summary>
    public required bool HasImage { get; init; }

    public string? LogDriver { get; init; }

    public bool HasLogLimit { get; init; }

    /// <summary><c>no</c>, <c>always</c>, <c>unless-stopped</c>, <c>on-failure</c>.</summary>
    public required string RestartPolicy { get; init; }

    public string? Project { get; init; }

    /// <summary>Bytes; 0 without a limit.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>As docker has it: <c>host</c>, <c>container:…</c>, else a network's name; empty where it does not say.</summary>
    public string NetworkMode { get; init; } = "";

    /// <summary>It listens on the server's own addresses.</summary>
    public bool HasNetworkOfServer => NetworkMode == "host";

    /// <summary>No ports are its own, so that those docker publishes say nothing of who reaches it.</summary>
    public bool HasNetworkOfAnother => HasNetworkOfServer || NetworkMode.StartsWith("container:", StringComparison.Ordinal);

    /// <summary>Addresses of the server that lead into it, e.g. <c>0.0.0.0:3000</c>, and the port inside.</summary>
    public ImmutableArray<PublishedPort> Ports { get; init; } = [];

    /// <summary>Ports that more than the server itself can reach.</summary>
    public IEnumerable<PublishedPort> Exposed => Ports.Where(port => !port.IsLoopback);
}

/// <param name="Address">Empty for every address.</param>
public sealed record PublishedPort(string Address, string Outside, string Inside)
{
    public bool IsLoopback => Address.StartsWith("127.", StringComparison.Ordinal) || Address is "::1" or "localhost";

    public override string ToString() => $"{(Address.Length == 0 ? "0.0.0.0" : Address)}:{Outside}";
}

public sealed record RedisFacts
{
    /// <summary>For people.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required long Keys { get; init; }

    public bool IsLoading { get; init; }

    public required bool IsAppendOnly { get; init; }

    /// <summary>The save points; empty for none.</summary>
    public required string Save { get; init; }

    public required string LastSaveStatus { get; init; }

    public required string AofWriteStatus { get; init; }

    public required string AofRewriteStatus { get; init; }

    /// <summary><c>master</c> or <c>slave</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Bytes; 0 without a limit.</summary>
    public required long MaxMemory { get; init; }

    public required string EvictionPolicy { get; init; }

    public required long UsedMemory { get; init; }

    /// <summary>Where it keeps its files; null when it could not say.</summary>
    public long? FreeBytes { get; init; }

    public required bool HasPassword { get; init; }

    /// <summary>Its data directory as the server sees it; null where that is inside the container alone.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Of its container, in bytes; 0 without.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>Ports of its container, or of itself, that more than the server itself can reach.</summary>
    public ImmutableArray<PublishedPort> Exposed { get; init; } = [];

    /// <summary>What it said of its own addresses; null where its ports are docker's to tell.</summary>
    public RedisListening? Listening { get; init; }
}

public sealed record DeploymentFacts
{
    public required string Path { get; init; }

    public required string ComposeFile { get; init; }

    public required bool HasEnvironmentFile { get; init; }

    /// <summary>Null where there is none, or none that can be read.</summary>
    public DotEnv? Environment { get; init; }

    /// <summary>What no way of access reads, in words.</summary>
    public ImmutableArray<string> Unreadable { get; init; } = [];

    /// <summary>Null where it cannot be read.</summary>
    public ComposeFile? Compose { get; init; }

    public string? ComposeProblem { get; init; }

    /// <summary>What compose itself says; null where there is no compose to ask.</summary>
    public bool? ComposeAccepts { get; init; }

    public required bool HasInitFile { get; init; }

    /// <summary>The administrator's password of <c>.env</c> is another than that of <c>data/init.json</c>.</summary>
    public bool AdministratorDiffers { get; init; }

    /// <summary>Images that are there, by the service that uses them.</summary>
    public ImmutableHashSet<string> ServicesWithImage { get; init; } = [];

    /// <summary><c>healthy</c>, or what the service said instead; null where no app runs in docker.</summary>
    public string? Health { get; init; }
}
