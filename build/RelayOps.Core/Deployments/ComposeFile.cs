using System.Collections.Immutable;

namespace RelayOps.Core.Deployments;

/// <summary>What a compose file says that matters to a backup.</summary>
public sealed record ComposeFile
{
    /// <summary>The names under which compose looks for its file, in its order.</summary>
    public static readonly ImmutableArray<string> Names =
        ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

    /// <summary>The names of files that compose merges into it without being told.</summary>
    public static readonly ImmutableArray<string> OverrideNames =
    [
        "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml",
    ];

    public required ImmutableArray<ComposeService> Services { get; init; }

    /// <summary>
    /// What compose reads besides, and what containers mount, as paths below the deployment without <c>./</c>: env_file, include, extends,
    /// configs, secrets, relative binds. Ordinal order, once each. What lies outside is not here but in <see cref="OutsidePaths"/>.
    /// </summary>
    public required ImmutableArray<string> ReferencedPaths { get; init; }

    /// <summary>Files outside of the deployment that a backup of it does not have, e.g. a bind of <c>/etc/localtime</c>.</summary>
    public ImmutableArray<string> OutsidePaths { get; init; } = [];

    /// <summary>Volumes that docker keeps and that are no files of the deployment.</summary>
    public ImmutableArray<string> NamedVolumes { get; init; } = [];
}

public sealed record ComposeService
{
    public required string Name { get; init; }

    /// <summary>As written, variables included; null for a service that is only built.</summary>
    public string? Image { get; init; }

    public bool IsBuilt { get; init; }

    /// <summary>Names of variables with a value of their own in the file: those that do not come from <c>.env</c>. Never the values.</summary>
    public ImmutableArray<string> OwnVariables { get; init; } = [];

    public ImmutableArray<ComposeBind> Binds { get; init; } = [];

    /// <summary>In the short form, variables included, e.g. <c>${BIND_HOST:-0.0.0.0}:${PORT:-3000}:3000</c>. See <see cref="ComposePort"/>.</summary>
    public ImmutableArray<string> Ports { get; init; } = [];
}

/// <param name="Source">As written: relative to the deployment, absolute, or beginning with <c>~</c>.</param>
public sealed record ComposeBind(string Source, string Target);

/// <summary>Reads compose files.</summary>
public interface IComposeParser
{
    /// <exception cref="RelayOpsException">It is no YAML, or no compose file (<see cref="ExitStatus.BadBackup"/>); the line is named.</exception>
    ComposeFile Parse(string text);
}
