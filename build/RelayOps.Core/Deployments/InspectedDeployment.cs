using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Core.Backups;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Deployments;

/// <summary>A deployment that was looked at: all that an operation needs to know before it begins.</summary>
public sealed record InspectedDeployment
{
    /// <summary>As the operator named the server.</summary>
    public required string HostName { get; init; }

    public required ServerSurvey Survey { get; init; }

    /// <summary>Those of the deployment alone.</summary>
    public required ImmutableArray<Container> Containers { get; init; }

    public required ImmutableArray<ContainerImage> Images { get; init; }

    /// <summary>Config, data and logs, as far as they are there.</summary>
    public required ImmutableArray<PartFiles> Files { get; init; }

    /// <summary>Null where Redis is not asked for.</summary>
    public RedisServer? Redis { get; init; }

    /// <summary>The ways to the dump that Redis saves, best first.</summary>
    public ImmutableArray<FileRoute> DumpRoutes { get; init; } = [];

    /// <summary>A way to make files in the deployment's directory.</summary>
    public required FileRoute Writing { get; init; }

    public required DotEnv Environment { get; init; }

    /// <summary>The compose files by name. May hold secrets: never shown.</summary>
    public IReadOnlyDictionary<string, string> ComposeTexts { get; init; } = ImmutableDictionary<string, string>.Empty;

    public SourceServer Server => new(ServerId(Survey.MachineId, Survey.Path), HostName, Survey.Path);

    /// <summary>The same for the same directory of the same machine, whatever name it is reached by.</summary>
    public static string ServerId(string machineId, string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{machineId}\n{path}")))[..16];
}
