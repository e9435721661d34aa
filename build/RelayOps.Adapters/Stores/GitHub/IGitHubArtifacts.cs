namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>GitHub's workflow artifacts, and the runs that uploaded them, as far as a store needs them.</summary>
internal interface IGitHubArtifacts : IDisposable
{
    /// <summary>Of all workflows; newest first.</summary>
    Task<IReadOnlyList<ArtifactJson>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Null when it is gone.</summary>
    Task<WorkflowRunJson?> FindRunAsync(long id, CancellationToken cancellationToken);

    Task<RepositoryJson> GetRepositoryAsync(CancellationToken cancellationToken);

    /// <summary>Content when it is gone already.</summary>
    Task DeleteAsync(ArtifactJson artifact, CancellationToken cancellationToken);

    /// <summary>The artifact's bytes from <paramref name="from"/> on; null when it is gone.</summary>
    Task<Stream?> OpenAsync(ArtifactJson artifact, long from, CancellationToken cancellationToken);
}
