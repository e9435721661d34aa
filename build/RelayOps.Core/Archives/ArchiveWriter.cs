using System.Collections.Immutable;
using System.Formats.Tar;
using System.Security.Cryptography;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Archives;

public sealed record ArchiveWriterOptions
{
    public required ICompressionCodec Codec { get; init; }

    /// <summary>The format's own scale; null for its default.</summary>
    public int? Level { get; init; }

    /// <summary>Wraps the destination in encryption. Disposing what it returns ends the ciphertext and leaves the destination open.</summary>
    public Func<Stream, Stream>? Seal { get; init; }
}

/// <summary>Writes one archive in one pass. Identical input gives an identical archive, apart from id and times.</summary>
/// <remarks>
/// The format is GNU tar's: the runtime's PAX headers carry the process id in their names, and would differ at every run.
/// Not for several threads. Disposing it without <see cref="FinishAsync"/> stops the pipeline; what was written is to be thrown away.
/// </remarks>
public sealed class ArchiveWriter : IAsyncDisposable
{
    public const string ManifestName = "manifest.json";

    private readonly BackupId id;
    private readonly ArchiveWriterOptions options;
    private readonly SealingPipeline pipeline;
    private readonly TarWriter tar;
    private readonly List<ManifestEntry> entries = [];
    private bool begun;

    /// <param name="destination">Left open and unflushed.</param>
    /// <param name="cancellationToken">Stops the compression and the writing, which run beside the caller.</param>
    public ArchiveWriter(Stream destination, BackupId id, ArchiveWriterOptions options, CancellationToken cancellationToken)
    {
        this.id = id;
        this.options = options;
        pipeline = new SealingPipeline(destination, options, cancellationToken);
        tar = new TarWriter(pipeline.Input, TarEntryFormat.Gnu, leaveOpen: true);
    }

    /// <summary>The folder that everything is in, without a slash.</summary>
    public static string TopFolder(BackupId id) => $"claude-relay-backup-{id}";

    /// <summary>What was added, in this order.</summary>
    public ImmutableArray<ManifestEntry> Entries => [.. entries];

    public Task AddDirectoryAsync(EntryAttributes attributes, CancellationToken cancellationToken) =>
        AddLinkAsync(attributes, TarEntryType.Directory, null, cancellationToken);

    /// <param name="target">As the link has it: relative to the link's own directory.</param>
    public Task AddSymbolicLinkAsync(EntryAttributes attributes, string target, CancellationToken cancellationToken) =>
        AddLinkAsync(attributes, TarEntryType.SymbolicLink, target, cancellationToken);

    /// <param name="targetPath">A file that was added before, named as <see cref="EntryAttributes.Path"/> names it.</param>
    public Task AddHardLinkAsync(EntryAttributes attributes, string targetPath, CancellationToken cancellationToken) =>
        entries.Any(entry => entry.Kind == EntryKind.File && entry.Path == targetPath)
            ? AddLinkAsync(attributes, TarEntryType.HardLink, targetPath, cancellationToken)
            : throw new ArgumentException($"no file {targetPath} was added before its link {attributes.Path}", nameof(targetPath));

    /// <summary>Adds exactly <paramref name="size"/> bytes of <paramref name="content"/>; what follows stays unread.</summary>
    /// <exception cref="RelayOpsException">The content ended before.</exception>
    public async Task AddFileAsync(EntryAttributes attributes, long size, Stream content, CancellationToken cancellationToken)
    {
        await using var hashing = new HashingContent(content, size, padWhenShort: false);
        try
        {
            await AddContentAsync(attributes, hashing, cancellationToken);
        }
        catch (EndOfStreamException exception)
        {
            throw new RelayOpsException($"cannot read {attributes.Path} to its end", exception.Message,
                "it became shorter while it was read: try again", inner: exception);
        }
    }

    /// <summary>As <see cref="AddFileAsync(EntryAttributes, long, Stream, CancellationToken)"/>, but content that ends early
    /// is filled up with NULs: tar has promised the size before.</summary>
    /// <returns>How many bytes the content had.</returns>
    public async Task<long> AddPaddedFileAsync(EntryAttributes attributes, long size, Stream content, CancellationToken cancellationToken)
    {
        await using var hashing = new HashingContent(content, size, padWhenShort: true);
        await AddContentAsync(attributes, hashing, cancellationToken);
        return size - hashing.Missing;
    }

    public async Task AddFileAsync(EntryAttributes attributes, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using var stream = new MemoryStream(content.ToArray(), writable: false);
        await AddFileAsync(attributes, content.Length, stream, cancellationToken);
    }

    /// <summary>Writes the manifest, whose entries are taken from here, and ends the archive.</summary>
    public async Task<SealedArchive> FinishAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        var complete = manifest with { Entries = Entries };
        var json = ManifestJson.Write(complete);
        var attributes = Own(ManifestName);
        var entry = Header(attributes, TarEntryType.RegularFile);
        entry.DataStream = new MemoryStream(json, writable: false);
        await tar.WriteEntryAsync(entry, cancellationToken);
        await tar.DisposeAsync();
        var sha256 = await pipeline.FinishAsync();
        return new SealedArchive
        {
            Id = id,
            Manifest = complete,
            ManifestSha256 = Convert.ToHexStringLower(SHA256.HashData(json)),
            SizeBytes = pipeline.SealedBytes,
            Sha256 = sha256,
            ContentBytes = entries.Sum(added => added.Size),
            Compression = options.Codec.Name,
        };
    }

    // The tar writer would write its end marks into a pipe that nobody reads any more; it holds nothing else to let go of.
    public ValueTask DisposeAsync() => pipeline.DisposeAsync();

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (begun)
            return;
        begun = true;
        await tar.WriteEntryAsync(Header(Own("") with { Mode = 0b111_000_000 }, TarEntryType.Directory), cancellationToken);
    }

    private async Task AddContentAsync(EntryAttributes attributes, HashingContent content, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        var entry = Header(attributes, TarEntryType.RegularFile);
        entry.DataStream = content;
        await tar.WriteEntryAsync(entry, cancellationToken);
        entries.Add(Record(attributes, EntryKind.File) with { Size = content.Length, Sha256 = content.Sha256() });
    }

    private async Task AddLinkAsync(
        EntryAttributes attributes, TarEntryType type, string? target, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        var entry = Header(attributes, type);
        if (target is not null)
            entry.LinkName = type == TarEntryType.HardLink ? $"{TopFolder(id)}/{target}" : target;
        await tar.WriteEntryAsync(entry, cancellationToken);
        var kind = type switch
        {
            TarEntryType.Directory => EntryKind.Directory,
            TarEntryType.HardLink => EntryKind.HardLink,
            _ => EntryKind.SymbolicLink,
        };
        entries.Add(Record(attributes, kind) with { Target = target });
    }

    private GnuTarEntry Header(EntryAttributes attributes, TarEntryType type)
    {
        var path = EntryPath.Normalise(attributes.Path, out var problem);
        if (problem is not null)
            throw new ArgumentException($"cannot put '{EntryPath.Shown(attributes.Path)}' into an archive: {problem}", nameof(attributes));
        var name = $"{TopFolder(id)}/{path}";
        return new GnuTarEntry(type, type == TarEntryType.Directory && path.Length > 0 ? name + "/" : name)
        {
            Mode = (UnixFileMode)attributes.Mode,
            Uid = attributes.UserId,
            Gid = attributes.GroupId,
            UserName = attributes.UserName,
            GroupName = attributes.GroupName,
            ModificationTime = Second(attributes.ModifiedAt),
            AccessTime = default,
            ChangeTime = default,
        };
    }

    /// <summary>The attributes of what RelayOps itself adds: they depend on the id alone.</summary>
    private EntryAttributes Own(string path) =>
        new() { Path = path, Mode = 0b110_000_000, UserId = 0, GroupId = 0, ModifiedAt = id.Time };

    private static ManifestEntry Record(EntryAttributes attributes, EntryKind kind) => new()
    {
        Path = EntryPath.Normalise(attributes.Path, out _),
        Kind = kind,
        Mode = Convert.ToString(attributes.Mode, 8).PadLeft(4, '0'),
        UserId = attributes.UserId,
        GroupId = attributes.GroupId,
        UserName = attributes.UserName.Length > 0 ? attributes.UserName : null,
        GroupName = attributes.GroupName.Length > 0 ? attributes.GroupName : null,
        ModifiedAt = Second(attributes.ModifiedAt),
    };

    private static DateTimeOffset Second(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
