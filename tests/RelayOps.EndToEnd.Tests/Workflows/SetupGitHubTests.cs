using RelayOps.Adapters.Tests.Stores;
using RelayOps.EndToEnd.Tests.Running;

namespace RelayOps.EndToEnd.Tests.Workflows;

[Collection(OneServer.Name)]
public sealed class SetupGitHubTests(Server server) : IDisposable
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
        Assert.Contains("gh api --method POST repos/o/r/environments/production/deployment-branch-policies -f name=YOUR-DEFAULT-BRANCH", printed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("gh api", made.Output, StringComparison.Ordinal);
        Assert.Equal("production", Assert.Single(_github.Environments));
        Assert.Equal(["main"], _github.DeploymentBranches["production"]);
    }

    [Fact]
    public async Task SetupGitHub_prints_the_host_key_that_is_known_here_and_of_an_unknown_one_only_what_is_to_be_compared()
    {
        var target = $"{Environment.UserName}@127.0.0.1:{server.Sshd.Port}";
        var pinned = File.ReadLines(server.Sshd.KnownHosts).First(line => line.Contains("ssh-ed25519", StringComparison.Ordinal));
        var nothing = Path.Combine(Path.GetTempPath(), $"relayops-nobody-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(nothing, "");

        var known = await RunAsync(token: "", "--server", target, "--ssh-key", server.Sshd.KeyFile, "--known-hosts", server.Sshd.KnownHosts);
        var unknown = await RunAsync(token: "", "--server", target, "--ssh-key", server.Sshd.KeyFile, "--known-hosts", nothing);
        File.Delete(nothing);

        Assert.True((known.ExitCode, unknown.ExitCode) == (0, 0), $"{known}\n{unknown}");
        Assert.Contains($"echo '{string.Join(' ', pinned.Split(' ')[..3])}' >> relay.hosts", known.Output, StringComparison.Ordinal);
        Assert.Contains($"# {server.Sshd.Fingerprint}", known.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ssh-keyscan", known.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(pinned.Split(' ')[2], unknown.Output, StringComparison.Ordinal);
        Assert.Contains(server.Sshd.Fingerprint, unknown.Output, StringComparison.Ordinal);
        Assert.Contains("compare that fingerprint on the server itself", unknown.Output, StringComparison.Ordinal);
        Assert.Contains("gh secret set KNOWN_HOSTS", unknown.Output, StringComparison.Ordinal);
    }

    private async Task<RelayOpsResult> RunAsync(string token, params IEnumerable<string> options)
    {
        var environment = new Dictionary<string, string> { ["GITHUB_TOKEN"] = token, ["GITHUB_API_URL"] = _github.Url.ToString() };
        await using var process = RelayOpsProcess.Start(environment, ["SetupGitHub", "--repository", "o/r", .. options]);
        return await process.WaitAsync();
    }
}
