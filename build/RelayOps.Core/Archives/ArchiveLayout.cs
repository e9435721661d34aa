namespace RelayOps.Core.Archives;

/// <summary>Where in an archive the deployment's files are: below one top folder, or flat as <c>auto-update-service.sh</c> left them.</summary>
/// <param name="TopFolder">Its name, or null for a flat archive.</param>
public sealed record ArchiveLayout(string? TopFolder)
{
    /// <summary>What lies at the top of a deployment, and so at the top of a flat archive.</summary>
    private static readonly string[] DeploymentNames =
    [
        "redis_data", "data", "logs", "config", ".env", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml",
        "docker-compose.override.yml", "docker-compose.override.yaml", "compose.override.yml", "compose.override.yaml",
    ];

    /// <param name="path">The first entry's name, normalised and not empty.</param>
    /// <param name="isDirectory">Whether that entry is a directory.</param>
    public static ArchiveLayout Detect(string path, bool isDirectory)
    {
        var first = path.Split('/')[0];
        if (DeploymentNames.Contains(first))
            return new ArchiveLayout(TopFolder: null);
        return new ArchiveLayout(isDirectory || path.Length > first.Length ? first : null);
    }

    /// <summary>The name below the top, "" for the top itself, or null when the entry lies beside it.</summary>
    public string? Below(string path)
    {
        if (TopFolder is null)
            return path;
        if (path == TopFolder)
            return "";
        return path.StartsWith(TopFolder + "/", StringComparison.Ordinal) ? path[(TopFolder.Length + 1)..] : null;
    }
}
