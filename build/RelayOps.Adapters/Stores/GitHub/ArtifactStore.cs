using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>
/// Backups as artifacts of the backup workflow's runs. The workflow itself uploads them, each file as it is; GitHub removes them after
/// their time. Read here: of runs of that workflow, on the default branch of this very repository, and of no others.
/// </summary>
public sealed class ArtifactStore : IBackupStore, IDisposable
{
    public const string StoreName = "artifact";

    private readonly GitHubConnection connection;
    private readonly IGitHubArtifacts github;
    private readonly TrustedRuns trusted;
    private readonly IReporter reporter;
    private readonly bool allowPlaintext;

    public ArtifactStore(GitHubConnection connection, bool allowPlaintext, IReporter reporter)
        : this(connection, allowPlaintext, reporter, GitHubArtifacts.Open(connection))
    {
    }

    internal ArtifactStore(GitHubConnection connection, bool allowPlaintext, IReporter reporter, IGitHubArtifacts github)
    {
        this.connection = connection;
        this.github = github;
        trusted = new TrustedRuns(github);
        this.reporter = reporter;
        this.allowPlaintext = allowPlaintext;
    }

    public string Name => StoreName;

    public async Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken)
    {
        var artifacts = await ListTrustedAsync(cancellationToken);
        var backups = new List<StoredBackup>();
        foreach (var (artifact, name) in artifacts.Select(artifact => (artifact, ArchiveName.Find(artifact.Name))))
        {
            if (name is not null)
                backups.Add(Describe(artifact, name, await FindRecordAsync(artifacts, artifact, name, cancellationToken)));
        }

        return [.. backups.OrderByDescending(backup => backup.Id).ThenBy(backup => backup.Archive, StringComparer.Ordinal)];
    }

    public async Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var artifact = (await ListTrustedAsync(cancellationToken)).FirstOrDefault(artifact => artifact.Name == backup.Archive);
        return artifact is not null && await OpenAsync(artifact, cancellationToken) is { } stream
            ? stream
            : throw GitHubFailure.Gone(connection.Repository, backup.Archive);
    }

    /// <summary>Keeps nothing: an artifact is as its run left it.</summary>
    public Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken)
    {
        if (record.Pinned && backup.Record is not { Pinned: true })
            throw new RelayOpsException($"{backup.Id} cannot be pinned in store {Name}", "GitHub removes artifacts after their time, whatever they are",
                "keep it in store release, or raise the workflow's retention-days", ExitStatus.WrongUse);
        return Task.CompletedTask;
    }

    public async Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var name = ArchiveName.Find(backup.Archive);
        // The archive last: what has a record and no archive is no backup.
        foreach (var artifact in (await ListTrustedAsync(cancellationToken)).Where(artifact => artifact.Name == name?.Record)
            .Concat((await ListTrustedAsync(cancellationToken)).Where(artifact => artifact.Name == backup.Archive)))
            await github.DeleteAsync(artifact, cancellationToken);
    }

    /// <summary>Refuses, before a backup is made, what the workflow's next step must not upload.</summary>
    /// <exception cref="RelayOpsException">(<see cref="ExitStatus.WrongUse"/>).</exception>
    public async Task RequireAdmissionAsync(bool isEncrypted, CancellationToken cancellationToken)
    {
        using var client = new GitHubRestClient(connection);
        GitHubExposure.Require(Name, await GitHubVisibility.AskAsync(client, cancellationToken), isEncrypted, allowPlaintext);
    }

    public void Dispose() => github.Dispose();

    /// <summary>Newest first; of several with one name, which a run that was repeated leaves, the newest alone.</summary>
    private async Task<IReadOnlyList<ArtifactJson>> ListTrustedAsync(CancellationToken cancellationToken)
    {
        var all = await github.ListAsync(cancellationToken);
        var found = new List<ArtifactJson>();
        foreach (var artifact in all.Where(artifact => !artifact.Expired && artifact.Name.StartsWith(ArchiveName.Prefix, StringComparison.Ordinal)))
        {
            if (await trusted.FindReasonAgainstAsync(artifact, cancellationToken) is { } reason)
                reporter.Warn($"artifact {artifact.Name} is left out: {reason}");
            else if (found.All(other => other.Name != artifact.Name))
                found.Add(artifact);
        }

        return found;
    }

    /// <summary>The record that the same run uploaded; null without one, or with one that is another archive's.</summary>
    private async Task<CatalogueRecord?> FindRecordAsync(
        IReadOnlyList<ArtifactJson> artifacts, ArtifactJson archive, ArchiveName name, CancellationToken cancellationToken)
    {
        var artifact = artifacts.FirstOrDefault(artifact => artifact.Name == name.Record && artifact.WorkflowRun!.Id == archive.WorkflowRun!.Id);
        if (artifact is null || artifact.SizeInBytes > CatalogueJson.MaximumBytes)
            return null;
        try
        {
            await using var stream = await OpenAsync(artifact, cancellationToken);
            if (stream is null)
                return null;
            using var json = new MemoryStream();
            await stream.CopyToAsync(json, cancellationToken);
            return CatalogueJson.Read(json.ToArray()) is var record && record.Archive == name.FileName ? record : null;
        }
        catch (RelayOpsException e) when (e.Status == ExitStatus.BadBackup)
        {
            reporter.Warn($"{artifact.Name}: {e.Why}; {name.FileName} is listed without it");
            return null;
        }
    }

    /// <summary>Null when it is gone.</summary>
    private async Task<Stream?> OpenAsync(ArtifactJson artifact, CancellationToken cancellationToken)
    {
        if (RestReleases.Digest(artifact.Digest) is not { } sha256)
            throw new RelayOpsException($"artifact {artifact.Name} is not used", "GitHub tells no sha256 of it", "use store release", ExitStatus.BadBackup);
        var file = new DownloadedFile(artifact.Name, artifact.SizeInBytes, sha256, (from, token) => github.OpenAsync(artifact, from, token));
        return await file.Open(0, cancellationToken) is { } first ? new GitHubDownload(connection, [file], first) : null;
    }

    private StoredBackup Describe(ArtifactJson artifact, ArchiveName name, CatalogueRecord? record) => new()
    {
        Id = name.Id,
        Store = Name,
        Archive = name.FileName,
        Location = $"{connection.Repository}: run {artifact.WorkflowRun!.Id}, artifact {artifact.Id}",
        SizeBytes = artifact.SizeInBytes,
        Record = record,
        Sha256 = RestReleases.Digest(artifact.Digest),
        ExpiresAt = artifact.ExpiresAt,
    };
}
