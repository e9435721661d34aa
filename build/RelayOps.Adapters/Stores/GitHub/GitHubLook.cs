using System.Collections.Immutable;
using RelayOps.Core;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Looks at a repository in three requests; changes nothing.</summary>
public sealed class GitHubLook(GitHubConnection connection) : IDisposable
{
    private readonly GitHubRestClient client = new(connection);

    /// <param name="hasStore">Backups go to its releases or come from its artifacts.</param>
    public async Task<GitHubFacts> TakeAsync(bool hasStore, bool isEncrypting, bool allowsPlaintext, CancellationToken cancellationToken)
    {
        var exposure = await GitHubVisibility.AskAsync(client, cancellationToken);
        var isThere = exposure.Visibility != RepositoryVisibility.Unknown;
        return new GitHubFacts
        {
            Exposure = exposure,
            HasStore = hasStore,
            HasToken = connection.Token is { Length: > 0 },
            CanWrite = isThere ? await FindWriteAsync(cancellationToken) : null,
            IsEncrypting = isEncrypting,
            AllowsPlaintext = allowsPlaintext,
            Workflows = isThere ? await FindWorkflowsAsync(cancellationToken) : null,
        };
    }

    public void Dispose() => client.Dispose();

    /// <summary>Of the token's owner: what the token itself may, GitHub tells when it refuses.</summary>
    private async Task<bool?> FindWriteAsync(CancellationToken cancellationToken)
    {
        var request = new GitHubRequest(HttpMethod.Get, $"repos/{connection.Repository}", $"asking for permissions on {connection.Repository}");
        return (await client.GetAsync(request, GitHubJson.Default.RepositoryRightsJson, cancellationToken)).Permissions?.Push;
    }

    private async Task<ImmutableDictionary<string, string>?> FindWorkflowsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var request = new GitHubRequest(HttpMethod.Get, $"repos/{connection.Repository}/actions/workflows?per_page=100", $"listing the workflows of {connection.Repository}");
            return (await client.FindAsync(request, GitHubJson.Default.WorkflowsJson, cancellationToken))?.Workflows
                .GroupBy(workflow => workflow.Path).ToImmutableDictionary(same => same.Key, same => same.First().State);
        }
        catch (RelayOpsException refused) when (refused.Status == ExitStatus.WrongUse)
        {
            return null; // The token may not; the check says so.
        }
    }
}
