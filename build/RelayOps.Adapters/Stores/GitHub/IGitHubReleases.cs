namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>GitHub's releases, as far as a store needs them.</summary>
internal interface IGitHubReleases : IDisposable
{
    /// <summary>Every release, drafts included where the token may see them; newest first.</summary>
    Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken);

    /// <summary>A published release; null without one.</summary>
    Task<Release?> FindAsync(string tag, CancellationToken cancellationToken);

    /// <summary>As it is now, with its assets.</summary>
    Task<Release> GetAsync(long id, CancellationToken cancellationToken);

    /// <summary>A draft, which nobody but the repository's writers see.</summary>
    Task<Release> CreateDraftAsync(string tag, string body, CancellationToken cancellationToken);

    Task<Release> PublishAsync(Release draft, CancellationToken cancellationToken);

    Task SaveBodyAsync(Release release, string body, CancellationToken cancellationToken);

    /// <summary>With its tag. Content when it is gone already.</summary>
    Task DeleteAsync(Release release, CancellationToken cancellationToken);

    /// <param name="open">Opens the content at its beginning, for each attempt.</param>
    /// <exception cref="AssetExistsException">Something has that name already: perhaps this very upload, whose answer was lost.</exception>
    Task UploadAsync(Release draft, NewAsset asset, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken);

    Task DeleteAssetAsync(ReleaseAsset asset, CancellationToken cancellationToken);

    /// <summary>The asset's bytes from <paramref name="from"/> on; null when it is gone.</summary>
    Task<Stream?> OpenAsync(ReleaseAsset asset, long from, CancellationToken cancellationToken);
}

internal sealed record Release
{
    public required long Id { get; init; }

    public required string Tag { get; init; }

    public required string Body { get; init; }

    public required bool IsDraft { get; init; }

    /// <summary>Its assets can neither be changed nor deleted.</summary>
    public required bool IsImmutable { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>For people.</summary>
    public required string Address { get; init; }

    public required string UploadAddress { get; init; }

    public required IReadOnlyList<ReleaseAsset> Assets { get; init; }
}

/// <param name="IsWhole">False while it is being uploaded, and for what an upload that broke off left.</param>
/// <param name="Sha256">Lower-case hex; null where GitHub does not tell it (older servers).</param>
internal sealed record ReleaseAsset(long Id, string Name, long SizeBytes, bool IsWhole, string? Sha256);

/// <param name="Sha256">Lower-case hex.</param>
internal sealed record NewAsset(string Name, long SizeBytes, string Sha256);

internal sealed class AssetExistsException(string name) : Exception($"asset {name} exists already");
