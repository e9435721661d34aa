using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Adapters.Stores.Octokit;

namespace RelayOps.Adapters.Tests.Stores.Octokit;

public sealed class OctokitReleaseStoreTests : GitHubReleaseStoreTests
{
    private protected override IGitHubReleases Connect(GitHubConnection connection) => new OctokitReleases(connection);
}

public sealed class OctokitFaultsTests : GitHubFaultsTests
{
    private protected override IGitHubReleases Connect(GitHubConnection connection) => new OctokitReleases(connection);
}
