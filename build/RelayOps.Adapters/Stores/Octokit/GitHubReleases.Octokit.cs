using RelayOps.Adapters.Stores.Octokit;

namespace RelayOps.Adapters.Stores.GitHub;

internal static partial class GitHubReleases
{
    static partial void OpenOctokit(GitHubConnection connection, ref IGitHubReleases? releases) => releases = new OctokitReleases(connection);
}
