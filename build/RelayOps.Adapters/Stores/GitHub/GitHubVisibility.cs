using RelayOps.Core;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Asks GitHub who may read a repository. What goes wrong leaves it unknown, which exposes nothing.</summary>
internal static class GitHubVisibility
{
    public static async Task<RepositoryExposure> AskAsync(GitHubRestClient client, CancellationToken cancellationToken)
    {
        var repository = client.Connection.Repository;
        try
        {
            var request = new GitHubRequest(HttpMethod.Get, $"repos/{repository}", $"asking who may read {repository}");
            var answer = await client.GetAsync(request, GitHubJson.Default.RepositoryJson, cancellationToken);
            var visibility = answer switch
            {
                { Visibility: "public" } or { Private: false } => RepositoryVisibility.Public,
                { Visibility: "internal" } => RepositoryVisibility.Internal,
                { Visibility: "private", Private: true } => RepositoryVisibility.Private,
                _ => RepositoryVisibility.Unknown,
            };
            return new RepositoryExposure(repository, visibility);
        }
        catch (RelayOpsException e)
        {
            return new RepositoryExposure(repository, RepositoryVisibility.Unknown, e.Why);
        }
    }
}
