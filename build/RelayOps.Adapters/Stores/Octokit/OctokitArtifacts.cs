using Octokit;
using RelayOps.Adapters.Stores.GitHub;

namespace RelayOps.Adapters.Stores.Octokit;

/// <summary>
/// Artifacts through Octokit. It tells no artifact's digest and copies a whole one into memory: listing and moving bytes is left to plain REST.
/// </summary>
internal sealed class OctokitArtifacts : IGitHubArtifacts
{
    private readonly OctokitCalls calls;
    private readonly RestArtifacts rest;

    public OctokitArtifacts(GitHubConnection connection)
    {
        calls = new OctokitCalls(connection);
        rest = new RestArtifacts(new GitHubRestClient(connection));
    }

    public Task<IReadOnlyList<ArtifactJson>> ListAsync(CancellationToken cancellationToken) => rest.ListAsync(cancellationToken);

    public async Task<WorkflowRunJson?> FindRunAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            var run = await calls.DoAsync("asking for a run", mayRepeat: true, github => github.Actions.Workflows.Runs.Get(calls.Owner, calls.Name, id), cancellationToken, mayBeGone: true);
            return new WorkflowRunJson(run.Id, run.Path, run.Event, run.HeadBranch, Describe(run.Repository?.Id), Describe(run.HeadRepository?.Id));
        }
        catch (NotFoundException)
        {
            return null;
        }
    }

    public async Task<RepositoryJson> GetRepositoryAsync(CancellationToken cancellationToken)
    {
        var repository = await calls.DoAsync("asking for the default branch", mayRepeat: true, github => github.Repository.Get(calls.Owner, calls.Name), cancellationToken);
        return new RepositoryJson(repository.Id, Visibility: null, repository.Private, repository.DefaultBranch);
    }

    public async Task DeleteAsync(ArtifactJson artifact, CancellationToken cancellationToken)
    {
        try
        {
            await calls.DoAsync($"deleting artifact {artifact.Name}", mayRepeat: true, async github =>
            {
                await github.Actions.Artifacts.DeleteArtifact(calls.Owner, calls.Name, artifact.Id);
                return true;
            }, cancellationToken, mayBeGone: true);
        }
        catch (NotFoundException)
        {
            // As it shall be.
        }
    }

    public Task<Stream?> OpenAsync(ArtifactJson artifact, long from, CancellationToken cancellationToken) => rest.OpenAsync(artifact, from, cancellationToken);

    public void Dispose() => rest.Dispose();

    private static RunRepositoryJson? Describe(long? id) => id is { } known ? new RunRepositoryJson(known) : null;
}
