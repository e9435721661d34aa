namespace RelayOps.Core.Deployments;

/// <summary>What <c>--only</c> chooses from.</summary>
[Flags]
public enum DeploymentParts
{
    None = 0,

    /// <summary><c>.env</c>, the compose files and what else compose reads.</summary>
    Config = 1,

    Data = 2,

    Logs = 4,

    Redis = 8,

    All = Config | Data | Logs | Redis,
}

public static class DeploymentPartsText
{
    /// <param name="text">E.g. <c>redis+data</c>; null or empty for everything.</param>
    /// <exception cref="RelayOpsException">A word that is no part (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static DeploymentParts Parse(string? text) => string.IsNullOrWhiteSpace(text)
        ? DeploymentParts.All
        : text.Split('+', StringSplitOptions.TrimEntries).Aggregate(DeploymentParts.None, (parts, word) => parts | ParseOne(word));

    /// <returns>Null for everything.</returns>
    public static string? Describe(DeploymentParts parts) => parts == DeploymentParts.All ? null
        : string.Join('+', new[] { DeploymentParts.Config, DeploymentParts.Data, DeploymentParts.Logs, DeploymentParts.Redis }
            .Where(part => parts.HasFlag(part)).Select(part => part.ToString().ToLowerInvariant()));

    private static DeploymentParts ParseOne(string word) => word switch
    {
        "config" => DeploymentParts.Config,
        "data" => DeploymentParts.Data,
        "logs" => DeploymentParts.Logs,
        "redis" => DeploymentParts.Redis,
        _ => throw new RelayOpsException($"'{word}' is no part of a deployment", "--only takes redis, data, logs and config, joined by '+'",
            "e.g. --only redis+config", ExitStatus.WrongUse),
    };
}
