using System.Security.Cryptography;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Uploads a backup to a draft, looks whether all of it arrived, and only then publishes it. A draft of an earlier run is finished.</summary>
internal sealed class ReleaseUpload(IGitHubReleases releases, GitHubConnection connection, IReporter reporter, long largestPart)
{
    private const int Attempts = 4;

    /// <summary>A draft this old has no run at work on it.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    public async Task<Release> RunAsync(CataloguedBackup source, string tag, CancellationToken cancellationToken)
    {
        var backup = source.Backup;
        var record = backup.Record!;
        var parts = await MeasureAsync(source, cancellationToken);
        if (await releases.FindAsync(tag, cancellationToken) is { } published)
            return await RequireSameAsync(published, parts, cancellationToken);

        var draft = await BeginAsync(tag, ReleaseText.Write(record, parts), cancellationToken);
        using (var phase = reporter.Begin($"upload {backup.Id} to GitHub", backup.SizeBytes))
        {
            foreach (var part in parts)
                await UploadAsync(draft, part.Asset, token => OpenAsync(source, part, phase, token), cancellationToken);
        }

        var checksum = Encoding.UTF8.GetBytes($"{record.Sha256}  {record.Archive}\n");
        var beside = new NewAsset(ArchiveName.Find(record.Archive)!.Checksum, checksum.Length, Convert.ToHexStringLower(SHA256.HashData(checksum)));
        await UploadAsync(draft, beside, _ => Task.FromResult<Stream>(new MemoryStream(checksum)), cancellationToken);

        // Last, because from here on everybody sees it, and where releases are immutable nothing can be mended any more.
        return await PublishAsync(draft, [.. parts.Select(part => part.Asset), beside], cancellationToken);
    }

    private async Task<IReadOnlyList<ReleasePart>> MeasureAsync(CataloguedBackup source, CancellationToken cancellationToken)
    {
        await using var archive = await source.Store.OpenAsync(source.Backup, cancellationToken);
        var record = source.Backup.Record!;
        return await ReleaseParts.MeasureAsync(archive, record.Archive, (record.SizeBytes, record.Sha256), largestPart, cancellationToken);
    }

    /// <summary>The draft that an earlier run left, or a new one. A half upload that nobody will finish is removed.</summary>
    private async Task<Release> BeginAsync(string tag, string text, CancellationToken cancellationToken)
    {
        var drafts = (await releases.ListAsync(cancellationToken)).Where(release => release.IsDraft && ArchiveName.Find(release.Tag + ".tar.gz") is not null).ToList();
        var own = drafts.Where(draft => draft.Tag == tag).OrderBy(draft => draft.Id).ToList();
        foreach (var left in drafts.Where(draft => draft.Tag != tag && connection.Time.GetUtcNow() - draft.CreatedAt > Abandoned).Concat(own.Skip(1)))
        {
            await releases.DeleteAsync(left, cancellationToken);
            reporter.Note($"removed the draft {left.Tag}, which an interrupted run left in {connection.Repository}");
        }

        if (own is not [var draft, ..])
            return await releases.CreateDraftAsync(tag, text, cancellationToken);
        reporter.Note($"finishing the upload of {tag}, which an earlier run began");
        await releases.SaveBodyAsync(draft, text, cancellationToken);
        return draft;
    }

    /// <summary>Uploads until the asset is there as it should be. What a broken upload left under its name is removed first.</summary>
    private async Task UploadAsync(Release draft, NewAsset asset, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var there = (await releases.GetAsync(draft.Id, cancellationToken)).Assets.FirstOrDefault(other => other.Name == asset.Name);
            if (there is not null && await IsSameAsync(there, asset, cancellationToken))
                return;
            if (there is not null)
                await releases.DeleteAssetAsync(there, cancellationToken);
            if (attempt > Attempts)
                throw NotWhole(asset.Name, there is null ? "GitHub says that it is there, and does not show it" : "what arrived differs from what was sent");
            try
            {
                await releases.UploadAsync(draft, asset, open, cancellationToken);
            }
            catch (AssetExistsException)
            {
                // The answer to an earlier attempt was lost: looked at in the next round, which the last attempt has as well.
                await connection.WaitAsync(TimeSpan.FromSeconds(Math.Pow(2, attempt)), cancellationToken);
            }
            catch (RelayOpsException e) when (e.IsTransient && attempt < Attempts)
            {
                reporter.Note($"{e.What}: {e.Why}; trying again");
                await connection.WaitAsync(TimeSpan.FromSeconds(Math.Pow(2, attempt)), cancellationToken);
            }
        }
    }

    private async Task<Release> PublishAsync(Release draft, IReadOnlyList<NewAsset> expected, CancellationToken cancellationToken)
    {
        var arrived = (await releases.GetAsync(draft.Id, cancellationToken)).Assets;
        foreach (var asset in expected)
        {
            if (arrived.FirstOrDefault(other => other.Name == asset.Name) is not { } there || !await IsSameAsync(there, asset, cancellationToken))
                throw NotWhole(asset.Name, "it is not in the draft as it was sent");
        }

        foreach (var surplus in arrived.Where(other => expected.All(asset => asset.Name != other.Name)))
            await releases.DeleteAssetAsync(surplus, cancellationToken);
        var published = await releases.PublishAsync(draft, cancellationToken);
        if (published.IsImmutable)
            reporter.Note($"releases of {connection.Repository} are immutable: retention may be unable to remove {draft.Tag}");
        return published;
    }

    /// <summary>GitHub's own checksum where it tells one, else what it sends back.</summary>
    private async Task<bool> IsSameAsync(ReleaseAsset there, NewAsset asset, CancellationToken cancellationToken)
    {
        if (!there.IsWhole || there.SizeBytes != asset.SizeBytes)
            return false;
        if (there.Sha256 is { } digest)
            return digest == asset.Sha256;
        await using var stream = await releases.OpenAsync(there, 0, cancellationToken);
        return stream is not null && Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == asset.Sha256;
    }

    private async Task<Release> RequireSameAsync(Release published, IReadOnlyList<ReleasePart> parts, CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            if (published.Assets.FirstOrDefault(asset => asset.Name == part.Name) is not { } there || !await IsSameAsync(there, part.Asset, cancellationToken))
                throw new RelayOpsException($"{published.Tag} is not uploaded", $"{connection.Repository} has a release of that name with other content",
                    "look at that release, and delete it when it is none of yours");
        }

        return published;
    }

    private static async Task<Stream> OpenAsync(CataloguedBackup source, ReleasePart part, IPhase phase, CancellationToken cancellationToken)
    {
        var archive = await new ArchivePart(part.Name, part.Offset, part.SizeBytes).OpenAsync(source, cancellationToken);
        return new OwnedPart(archive, new ProgressStream(new BoundedStream(archive, part.SizeBytes), phase.Advance));
    }

    private static RelayOpsException NotWhole(string name, string why) =>
        new($"uploading {name} failed", why, "run the same command again: it goes on where this run ended", ExitStatus.NoConnection);

    /// <summary>A part whose end closes the archive it is read from.</summary>
    private sealed class OwnedPart(Stream archive, Stream part) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer) => part.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => part.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                archive.Dispose();
            base.Dispose(disposing);
        }
    }
}
