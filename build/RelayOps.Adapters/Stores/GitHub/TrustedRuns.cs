namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>
/// Which runs' artifacts are taken for backups: anybody who opens a pull request can have a workflow upload something under any name.
/// </summary>
internal sealed class TrustedRuns(IGitHubArtifacts artifacts)
{
    public const string Workflow = ".github/workflows/backup.yml";

    private static readonly string[] Events = ["schedule", "workflow_dispatch"];

    private readonly Dictionary<long, string?> answers = [];
    private RepositoryJson? repository;

    /// <summary>Null when the run that uploaded it is trusted.</summary>
    public async Task<string?> FindReasonAgainstAsync(ArtifactJson artifact, CancellationToken cancellationToken)
    {
        if (artifact.WorkflowRun is not { } run)
            return "GitHub does not say which run uploaded it";
        if (!answers.TryGetValue(run.Id, out var reason))
            answers[run.Id] = reason = await AskAsync(run, cancellationToken);
        return reason;
    }

    private async Task<string?> AskAsync(ArtifactRunJson uploaded, CancellationToken cancellationToken)
    {
        repository ??= await artifacts.GetRepositoryAsync(cancellationToken);
        if (uploaded.RepositoryId != repository.Id || uploaded.HeadRepositoryId != repository.Id)
            return "its run belongs to another repository, such as a fork";
        var run = await artifacts.FindRunAsync(uploaded.Id, cancellationToken);
        return run switch
        {
            null => "its run is gone",
            _ when run.Repository?.Id != repository.Id || run.HeadRepository?.Id != repository.Id => "its run belongs to another repository, such as a fork",
            // With or without the branch behind an @.
            _ when run.Path?.Split('@')[0] != Workflow => $"its run is not one of {Workflow}",
            _ when run.HeadBranch is null || run.HeadBranch != repository.DefaultBranch => $"its run was not on the default branch {repository.DefaultBranch}",
            _ when !Events.Contains(run.Event) => $"its run was started by {run.Event}",
            _ => null,
        };
    }
}
