using RelayOps.Adapters.Stores.Octokit;

namespace RelayOps.Adapters.Stores.GitHub;

internal static partial class GitHubReleases
{
    static partial void OpenOctokit(GitHubConnection connection, ref IGitHubReleases? releases) => releases = new OctokitReleases(connection);
}

internal static partial class GitHubArtifacts
{
    static partial void OpenOctokit(GitHubConnection connection, ref IGitHubArtifacts? artifacts) => artifacts = new OctokitArtifacts(connection);
}
