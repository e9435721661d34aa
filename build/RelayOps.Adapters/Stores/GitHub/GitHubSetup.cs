namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Makes in a repository what the workflows need and a token may make.</summary>
public sealed class GitHubSetup(GitHubConnection connection) : IDisposable
{
    private readonly GitHubRestClient client = new(connection);

    /// <summary>Leaves one that is there as it is: an empty request changes no protection.</summary>
    public async Task CreateEnvironmentAsync(string name, CancellationToken cancellationToken)
    {
        var address = $"repos/{connection.Repository}/environments/{Uri.EscapeDataString(name)}";
        using var found = await client.SendAsync(
            new GitHubRequest(HttpMethod.Get, address, $"asking for environment {name}"), cancellationToken, System.Net.HttpStatusCode.NotFound);
        if (found.IsSuccessStatusCode)
            return;
        using var made = await client.SendAsync(new GitHubRequest(HttpMethod.Put, address, $"making environment {name}"), cancellationToken);
    }

    public void Dispose() => client.Dispose();
}
