namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Makes in a repository what the workflows need and a token may make.</summary>
public sealed class GitHubSetup(GitHubConnection connection) : IDisposable
{
    private readonly GitHubRestClient client = new(connection);

    /// <summary>
    /// Makes an environment that the default branch alone may deploy to: from another branch, whoever may push it could run a workflow of their own with
    /// the environment's secrets. One that is there stays as somebody chose to have it.
    /// </summary>
    public async Task CreateEnvironmentAsync(string name, CancellationToken cancellationToken)
    {
        var address = $"repos/{connection.Repository}/environments/{Uri.EscapeDataString(name)}";
        var found = await client.FindAsync(new GitHubRequest(HttpMethod.Get, address, $"asking for environment {name}"), GitHubJson.Default.EnvironmentJson, cancellationToken);
        if (found is { DeploymentBranchPolicy: not { CustomBranchPolicies: true } })
            return;
        if (found is null)
        {
            var made = new EnvironmentChange(new BranchPolicyJson(ProtectedBranches: false, CustomBranchPolicies: true));
            using var answer = await client.SendAsync(
                new GitHubRequest(HttpMethod.Put, address, $"making environment {name}") { Content = _ => GitHubJson.Content(made) }, cancellationToken);
        }

        await AdmitDefaultBranchAsync(name, $"{address}/deployment-branch-policies", cancellationToken);
    }

    public void Dispose() => client.Dispose();

    /// <summary>Where no branch may deploy, which is also what a run leaves that broke off between the two.</summary>
    private async Task AdmitDefaultBranchAsync(string environment, string address, CancellationToken cancellationToken)
    {
        var branches = await client.GetAsync(
            new GitHubRequest(HttpMethod.Get, address, $"asking which branches may deploy to {environment}"), GitHubJson.Default.BranchPoliciesJson, cancellationToken);
        if (branches.BranchPolicies.Length > 0)
            return;
        var repository = await client.GetAsync(
            new GitHubRequest(HttpMethod.Get, $"repos/{connection.Repository}", "asking for the default branch"), GitHubJson.Default.RepositoryJson, cancellationToken);
        var branch = new NewBranchPolicy(repository.DefaultBranch ?? "main");
        using var answer = await client.SendAsync(
            new GitHubRequest(HttpMethod.Post, address, $"admitting branch {branch.Name} to {environment}") { Content = _ => GitHubJson.Content(branch) }, cancellationToken);
    }
}
