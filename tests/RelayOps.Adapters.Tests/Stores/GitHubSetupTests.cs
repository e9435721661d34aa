using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core;

namespace RelayOps.Adapters.Tests.Stores;

public sealed class GitHubSetupTests : IDisposable
{
    private readonly GitHubScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task CreateEnvironmentAsync_admits_nobody_where_it_breaks_off_and_the_default_branch_in_the_next_run()
    {
        scene.Server.Fail(Fault.Status("POST /repos/o/r/environments/production/deployment-branch-policies", 403, "no"));
        using var setup = new GitHubSetup(scene.Connection());

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => setup.CreateEnvironmentAsync("production", CancellationToken.None));
        Assert.Contains("admitting branch main to production", error.What, StringComparison.Ordinal);
        Assert.Empty(scene.Server.DeploymentBranches["production"]);
        await setup.CreateEnvironmentAsync("production", CancellationToken.None);

        Assert.Equal("production", Assert.Single(scene.Server.Environments));
        Assert.Equal(["main"], scene.Server.DeploymentBranches["production"]);
    }
}
