using System.Security.Cryptography;
using System.Text;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Encryption;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Restore;

/// <summary>A verified archive that can be read as often as needed.</summary>
/// <param name="Name">For people: the backup's id, or the archive's path.</param>
/// <param name="TornBytes">At the end of append-only files, by path, as verification found them.</param>
public sealed record RestoreSource(
    string Name, CodecSet Codecs, IReadOnlyDictionary<string, long> TornBytes, Func<CancellationToken, Task<ReopenedArchive>> OpenAsync)
{
    /// <summary>What is in it as it is to be restored, where that is known already and need not be read again, e.g. with other owners.</summary>
    public ArchiveContents? Contents { get; init; }

    /// <inheritdoc cref="VerifiedBackup.FitsKey"/>
    public Func<string, bool?> FitsKey { get; init; } = _ => null;

    /// <param name="findCipher">As <see cref="VerifyTools.FindCipher"/>; without it, plain archives alone.</param>
    /// <exception cref="RelayOpsException">It is encrypted, and there is nothing to decrypt it with (<see cref="ExitStatus.BadBackup"/>).</exception>
    public static RestoreSource From(VerifiedBackup verified, IBackupStore store, CodecSet codecs, Func<string, IArchiveCipher?>? findCipher = null)
    {
        var backup = verified.Backup;
        // What could not be opened to be verified is not restored.
        if (backup.Encryption is { } locked && verified.Report.Level == VerificationLevel.Sealed)
            throw OpenedArchive.Locked(backup.Id, locked);
        var cipher = backup.Encryption is { } encryption ? findCipher?.Invoke(encryption) ?? throw OpenedArchive.Locked(backup.Id, encryption) : null;
        return new RestoreSource(backup.Id.ToString(), codecs, verified.Report.TornBytes,
            async cancellationToken => new ReopenedArchive(verified, await store.OpenAsync(backup, cancellationToken), cipher))
        {
            FitsKey = verified.FitsKey,
        };
    }

    public async Task<ArchiveReading> ReadAsync(CancellationToken cancellationToken)
    {
        var stream = await OpenAsync(cancellationToken);
        try
        {
            return new ArchiveReading(stream, await ArchiveReader.OpenAsync(stream, Codecs, ArchiveLimits.Default, cancellationToken));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}

public sealed record ArchiveReading(ReopenedArchive Source, ArchiveReader Archive) : IAsyncDisposable
{
    /// <summary>To be called behind the last entry, and before anything is done with what was read.</summary>
    /// <inheritdoc cref="ReopenedArchive.RequireVerifiedAsync"/>
    public async Task RequireVerifiedAsync(CancellationToken cancellationToken)
    {
        // It reads ahead of whoever reads it.
        await Archive.DisposeAsync();
        await Source.RequireVerifiedAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Archive.DisposeAsync();
        await Source.DisposeAsync();
    }
}

/// <summary>An entry with the digest of what was read.</summary>
/// <param name="Sha256">Of files and hard links to them; lower-case hex.</param>
public sealed record ArchivedEntry(string Path, EntryKind Kind, long Size, int Mode, int UserId, int GroupId, string? Target, string? Sha256);

/// <summary>What is in an archive, and the few texts in it that decide how it is restored.</summary>
public sealed record ArchiveContents
{
    private const int LongestText = 1 << 20;

    public required IReadOnlyList<ArchivedEntry> Entries { get; init; }

    /// <summary>Null for archives of the older scripts.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary><c>.env</c>, compose files and <c>data/init.json</c>. May hold secrets: never shown.</summary>
    public required IReadOnlyDictionary<string, string> Texts { get; init; }

    public bool Has(string directory) => Entries.Any(entry => IsBelow(entry.Path, directory));

    public ArchivedEntry? Find(string path) => Entries.FirstOrDefault(entry => entry.Path == path);

    public DotEnv? Environment => Texts.TryGetValue(".env", out var text) ? DotEnv.Parse(text) : null;

    /// <summary>Which <c>--only</c> word an entry belongs to; null for what is about the archive itself.</summary>
    public static DeploymentParts? PartOf(string path) => path.Split('/')[0] switch
    {
        "manifest.json" or "RECOVERY.md" => null,
        RedisFinder.DataDirectory => DeploymentParts.Redis,
        "data" => DeploymentParts.Data,
        "logs" => DeploymentParts.Logs,
        _ => DeploymentParts.Config,
    };

    public static bool IsBelow(string path, string directory) =>
        path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    public static async Task<ArchiveContents> ReadAsync(RestoreSource source, IReporter reporter, CancellationToken cancellationToken)
    {
        if (source.Contents is { } known)
            return known;
        return await ReadEntriesAsync(source, reporter, cancellationToken);
    }

    private static async Task<ArchiveContents> ReadEntriesAsync(RestoreSource source, IReporter reporter, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin($"reading backup {source.Name}");
        await using var reading = await source.ReadAsync(cancellationToken);
        var entries = new List<ArchivedEntry>();
        var digests = new Dictionary<string, ArchivedEntry>(StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        Manifest? manifest = null;
        while (await reading.Archive.ReadNextAsync(cancellationToken) is { } entry)
        {
            if (entry.Path == "manifest.json" && entry.Size <= ManifestJson.LongestBytes)
            {
                manifest = ManifestJson.Read(await BytesAsync(entry, cancellationToken));
                continue;
            }

            var (sha256, text) = await DigestAsync(entry, bytes => phase.Advance(bytes), cancellationToken);
            if (text is not null)
                texts[entry.Path] = text;
            var known = entry.Kind == EntryKind.HardLink ? digests.GetValueOrDefault(entry.Target!) : null;
            var archived = new ArchivedEntry(entry.Path, entry.Kind, known?.Size ?? entry.Size, entry.Mode, entry.UserId, entry.GroupId,
                entry.Target, known?.Sha256 ?? sha256);
            entries.Add(archived);
            digests[entry.Path] = archived;
        }

        await reading.RequireVerifiedAsync(cancellationToken);
        return new ArchiveContents { Entries = entries, Manifest = manifest, Texts = texts };
    }

    private static bool IsText(ArchiveEntry entry) => entry.Kind == EntryKind.File && entry.Size <= LongestText
        && (entry.Path is ".env" or "data/init.json" || (!entry.Path.Contains('/') && entry.Path.EndsWith("ml", StringComparison.Ordinal)));

    private static async Task<(string? Sha256, string? Text)> DigestAsync(ArchiveEntry entry, Action<long> advance, CancellationToken cancellationToken)
    {
        if (entry.Kind != EntryKind.File)
            return (null, null);
        if (IsText(entry))
        {
            var bytes = await BytesAsync(entry, cancellationToken);
            return (Convert.ToHexStringLower(SHA256.HashData(bytes)), Encoding.UTF8.GetString(bytes));
        }

        await using var content = new ProgressStream(entry.Content, advance);
        return (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)), null);
    }

    private static async Task<byte[]> BytesAsync(ArchiveEntry entry, CancellationToken cancellationToken)
    {
        var bytes = new byte[entry.Size];
        await entry.Content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}
