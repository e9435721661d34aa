using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Adapters.Stores.Octokit;

namespace RelayOps.Adapters.Tests.Stores.Octokit;

public sealed class OctokitReleaseStoreTests : GitHubReleaseStoreTests
{
    private protected override IGitHubReleases Connect(GitHubConnection connection) => new OctokitReleases(connection);
}

public sealed class OctokitArtifactStoreTests : GitHubArtifactStoreTests
{
    private protected override IGitHubArtifacts Connect(GitHubConnection connection) => new OctokitArtifacts(connection);
}

public sealed class OctokitArtifactContractTests : GitHubArtifactContractTests
{
    private protected override IGitHubArtifacts Connect(GitHubConnection connection) => new OctokitArtifacts(connection);
}

public sealed class OctokitFaultsTests : GitHubFaultsTests
{
    private protected override IGitHubReleases Connect(GitHubConnection connection) => new OctokitReleases(connection);
}

[Collection(ByDescription.Name)]
public sealed class DescribedOctokitReleaseStoreTests(DescribedGitHub github) : DescribedReleaseStoreTests(github)
{
    private protected override IGitHubReleases Connect(GitHubConnection connection) => new OctokitReleases(connection);
}
