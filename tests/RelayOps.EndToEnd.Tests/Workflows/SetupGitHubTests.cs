using RelayOps.Adapters.Tests.Stores;
using RelayOps.EndToEnd.Tests.Running;

namespace RelayOps.EndToEnd.Tests.Workflows;

public sealed class SetupGitHubTests : IDisposable
{
    private readonly FakeGitHub _github = new();

    public void Dispose() => _github.Dispose();

    [Fact]
    public async Task SetupGitHub_prints_what_the_workflows_need_and_with_a_token_makes_the_environment()
    {
        var printed = await RunAsync(token: "");
        var dry = await RunAsync(_github.Token, "--dry-run");
        Assert.Empty(_github.Environments);
        var made = await RunAsync(_github.Token);

        foreach (var run in new[] { printed, dry, made })
        {
            Assert.True(run.ExitCode == 0, run.ToString());
            foreach (var needed in new[] { "gh secret set SSH_KEY --repo o/r", "ssh-keyscan", "gh secret set KNOWN_HOSTS --repo o/r", "ENCRYPT_TO", "protect the default branch" })
                Assert.Contains(needed, run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(_github.Token, run.ToString(), StringComparison.Ordinal);
        }

        Assert.Contains("gh api --method PUT repos/o/r/environments/production", printed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("gh api", made.Output, StringComparison.Ordinal);
        Assert.Equal("production", Assert.Single(_github.Environments));
    }

    private async Task<RelayOpsResult> RunAsync(string token, params IEnumerable<string> options)
    {
        var environment = new Dictionary<string, string> { ["GITHUB_TOKEN"] = token, ["GITHUB_API_URL"] = _github.Url.ToString() };
        await using var process = RelayOpsProcess.Start(environment, ["SetupGitHub", "--repository", "o/r", .. options]);
        return await process.WaitAsync();
    }
}
