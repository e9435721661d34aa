namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Which client speaks to GitHub's artifacts: Octokit where it is built in, plain REST otherwise.</summary>
internal static partial class GitHubArtifacts
{
    public static IGitHubArtifacts Open(GitHubConnection connection)
    {
        IGitHubArtifacts? artifacts = null;
        OpenOctokit(connection, ref artifacts);
        return artifacts ?? new RestArtifacts(new GitHubRestClient(connection));
    }

    /// <summary>Vanishes where the package is not built in.</summary>
    static partial void OpenOctokit(GitHubConnection connection, ref IGitHubArtifacts? artifacts);
}
