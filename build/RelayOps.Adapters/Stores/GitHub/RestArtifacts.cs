using System.Net;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Artifacts over plain REST. https://docs.github.com/en/rest/actions/artifacts</summary>
internal sealed class RestArtifacts(GitHubRestClient client) : IGitHubArtifacts
{
    public Task<IReadOnlyList<ArtifactJson>> ListAsync(CancellationToken cancellationToken) => client.ListAsync(
        Request(HttpMethod.Get, "/actions/artifacts?per_page=100", "listing the artifacts"), GitHubJson.Default.ArtifactsJson, page => page.Artifacts, cancellationToken);

    public Task<WorkflowRunJson?> FindRunAsync(long id, CancellationToken cancellationToken) =>
        client.FindAsync(Request(HttpMethod.Get, $"/actions/runs/{id}", "asking for a run"), GitHubJson.Default.WorkflowRunJson, cancellationToken);

    public Task<RepositoryJson> GetRepositoryAsync(CancellationToken cancellationToken) =>
        client.GetAsync(Request(HttpMethod.Get, "", "asking for the default branch"), GitHubJson.Default.RepositoryJson, cancellationToken);

    public Task DeleteAsync(ArtifactJson artifact, CancellationToken cancellationToken) => client.DeleteAsync(
        Request(HttpMethod.Delete, $"/actions/artifacts/{artifact.Id}", $"deleting artifact {artifact.Name}"), cancellationToken, HttpStatusCode.NotFound);

    public Task<Stream?> OpenAsync(ArtifactJson artifact, long from, CancellationToken cancellationToken) => GitHubDownload.OpenAsync(
        client, Request(HttpMethod.Get, $"/actions/artifacts/{artifact.Id}/zip", $"downloading artifact {artifact.Name}") with { From = from }, cancellationToken);

    public void Dispose() => client.Dispose();

    private GitHubRequest Request(HttpMethod method, string address, string action) =>
        new(method, $"repos/{client.Connection.Repository}{address}", $"{action} in {client.Connection.Repository}");
}
