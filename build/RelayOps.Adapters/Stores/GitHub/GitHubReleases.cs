namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Which client speaks to GitHub's releases: Octokit where it is built in, plain REST otherwise.</summary>
internal static partial class GitHubReleases
{
    public static IGitHubReleases Open(GitHubConnection connection)
    {
        IGitHubReleases? releases = null;
        OpenOctokit(connection, ref releases);
        return releases ?? new RestReleases(new GitHubRestClient(connection));
    }

    /// <summary>Vanishes where the package is not built in.</summary>
    static partial void OpenOctokit(GitHubConnection connection, ref IGitHubReleases? releases);
}
