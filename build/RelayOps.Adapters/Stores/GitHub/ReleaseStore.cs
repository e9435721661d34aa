using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>
/// Backups as releases of a GitHub repository, one release each: the archive, cut into parts where it is large, and its checksum are the
/// assets, the catalogue record is in the release's text. What is half uploaded is a draft, which nobody takes for a backup.
/// </summary>
public sealed class ReleaseStore : IBackupDestination, IDisposable
{
    public const string StoreName = "release";

    private readonly GitHubRestClient client;
    private readonly IGitHubReleases releases;
    private readonly ReleaseUpload upload;
    private readonly bool allowPlaintext;

    /// <param name="allowPlaintext"><c>--allow-plaintext</c>.</param>
    public ReleaseStore(GitHubConnection connection, bool allowPlaintext, IReporter reporter)
        : this(connection, allowPlaintext, reporter, GitHubReleases.Open(connection), ReleaseParts.LargestPart)
    {
    }

    internal ReleaseStore(GitHubConnection connection, bool allowPlaintext, IReporter reporter, IGitHubReleases releases, long largestPart)
    {
        client = new GitHubRestClient(connection);
        this.releases = releases;
        this.allowPlaintext = allowPlaintext;
        upload = new ReleaseUpload(releases, connection, reporter, largestPart);
    }

    public string Name => StoreName;

    public async Task<IReadOnlyList<StoredBackup>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await releases.ListAsync(cancellationToken)).Where(release => !release.IsDraft).Select(Describe).OfType<StoredBackup>()
            .OrderByDescending(backup => backup.Id).ThenBy(backup => backup.Archive, StringComparer.Ordinal),
    ];

    /// <summary>Reads on where a connection breaks, and holds every asset to its checksum.</summary>
    public async Task<Stream> OpenAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var release = await GetAsync(backup, cancellationToken);
        var assets = FilesOf(release, backup.Archive);
        RequireEveryPart(release, backup.Archive, [.. assets.Select(asset => asset.Name)]);
        var files = assets.Select(asset => new DownloadedFile(asset.Name, asset.SizeBytes, asset.Sha256,
            (from, token) => releases.OpenAsync(asset, from, token))).ToList();
        var first = files.Count == 0 ? null : await files[0].Open(0, cancellationToken);
        return first is null ? throw GitHubFailure.Gone(client.Connection.Repository, backup.Archive) : new GitHubDownload(client.Connection, files, first);
    }

    public async Task SaveRecordAsync(StoredBackup backup, CatalogueRecord record, CancellationToken cancellationToken)
    {
        var release = await GetAsync(backup, cancellationToken);
        await releases.SaveBodyAsync(release, ReleaseText.Write(record, ReleaseText.FindParts(release.Body)), cancellationToken);
    }

    /// <exception cref="RelayOpsException">Among others: the repository's releases are immutable and this one stays.</exception>
    public async Task DeleteAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        if (await releases.FindAsync(TagOf(backup.Archive), cancellationToken) is { } release)
            await releases.DeleteAsync(release, cancellationToken);
    }

    public async Task RequireAdmissionAsync(bool isEncrypted, CancellationToken cancellationToken) =>
        GitHubExposure.Require(Name, await GitHubVisibility.AskAsync(client, cancellationToken), isEncrypted, allowPlaintext);

    public async Task<StoredBackup> PutAsync(CataloguedBackup source, CancellationToken cancellationToken)
    {
        if (source.Backup.Record is null)
            throw new RelayOpsException($"{source.Backup.Archive} is not copied to store {Name}", "it has no catalogue record", "make a backup with the Backup target",
                ExitStatus.BadBackup);
        // Asked at the last moment, too: nothing has left yet.
        await RequireAdmissionAsync(source.Backup.Encryption is not null, cancellationToken);
        return Describe(await upload.RunAsync(source, TagOf(source.Backup.Archive), cancellationToken))
            ?? throw new RelayOpsException($"{source.Backup.Archive} cannot be found in store {Name}", "the release has no such asset", "run the same command again");
    }

    public void Dispose()
    {
        releases.Dispose();
        client.Dispose();
    }

    internal static string TagOf(string archive) =>
        ArchiveName.Find(archive)?.Base ?? throw new ArgumentException($"'{archive}' is no archive's name", nameof(archive));

    private async Task<Release> GetAsync(StoredBackup backup, CancellationToken cancellationToken) =>
        await releases.FindAsync(TagOf(backup.Archive), cancellationToken) is { } release && FilesOf(release, backup.Archive).Count > 0
            ? release
            : throw GitHubFailure.Gone(client.Connection.Repository, backup.Archive);

    /// <summary>Null when the release is none of a backup's.</summary>
    private StoredBackup? Describe(Release release)
    {
        var name = release.Assets.Select(asset => ArchiveParts.ArchiveOf(asset.Name)).Select(ArchiveName.Find).OfType<ArchiveName>()
            .FirstOrDefault(name => name.Base == release.Tag);
        if (name is null)
            return null;
        var files = FilesOf(release, name.FileName);
        var record = ReleaseText.FindRecord(release.Body, name.FileName);
        return new StoredBackup
        {
            Id = name.Id,
            Store = Name,
            Archive = name.FileName,
            Location = release.Address,
            SizeBytes = files.Sum(asset => asset.SizeBytes),
            Record = record,
            Sha256 = files is [{ Sha256: { } digest }] ? digest : record?.Sha256,
        };
    }

    /// <summary>Parts that are put together without one of them are no archive, however sound each of them is.</summary>
    private void RequireEveryPart(Release release, string archive, IReadOnlyList<string> there)
    {
        // A text that somebody edited may have lost the manifest; then the numbers must have no gap, and whether the last one is the last the archive's checksum tells.
        var expected = ReleaseText.FindParts(release.Body)?.Select(part => part.Name).ToList()
            ?? (there is [var only] && only == archive ? [archive] : [.. there.Select((_, index) => ArchiveParts.NameOf(archive, index + 1))]);
        if (expected.SequenceEqual(there))
            return;
        var (missing, surplus) = (expected.Except(there).ToList(), there.Except(expected).ToList());
        throw new RelayOpsException($"'{archive}' in {client.Connection.Repository} is not whole",
            missing.Count > 0 ? $"of its parts there is no {string.Join(" and no ", missing)}" : $"its manifest of parts does not name {string.Join(" and ", surplus)}",
            "use another backup or another store: the List target shows them", ExitStatus.BadBackup);
    }

    /// <summary>The archive, or its parts in order, with the checksums of the release's text where GitHub tells none.</summary>
    private static IReadOnlyList<ReleaseAsset> FilesOf(Release release, string archive)
    {
        var parts = ReleaseText.FindParts(release.Body) ?? [];
        return [.. release.Assets.Where(asset => asset.IsWhole && ArchiveParts.ArchiveOf(asset.Name) == archive).OrderBy(asset => asset.Name, StringComparer.Ordinal)
            .Select(asset => asset with { Sha256 = asset.Sha256 ?? parts.FirstOrDefault(part => part.Name == asset.Name)?.Sha256 })];
    }
}
