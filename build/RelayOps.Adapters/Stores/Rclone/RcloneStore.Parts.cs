using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>
/// How an archive gets there that is too large to be begun again: in parts, so that the next run goes on with the first one that is missing. Most
/// remotes can neither append to a file nor join several, so the parts stay, and a list of them makes them the archive: it is written last.
/// </summary>
public sealed partial class RcloneStore
{
    private const string ListExtension = ".parts";

    /// <summary>Bytes. What is smaller is sent as one file.</summary>
    internal long LargestFile { get; init; } = 256 << 20;

    private static string ListOf(string archive) => archive + ListExtension;

    private static IEnumerable<ArchiveName> ArchivesIn(ImmutableArray<RcloneFile> there) =>
        there.Select(file => file.Name.EndsWith(ListExtension, StringComparison.Ordinal) ? file.Name[..^ListExtension.Length] : file.Name).Distinct()
            .Select(ArchiveName.Find).OfType<ArchiveName>();

    /// <summary>Every file that is the archive, whole or in parts; the list of these last.</summary>
    private static ImmutableArray<string> NamesOf(string archive, ImmutableArray<RcloneFile> there) =>
        [.. there.Where(file => file.Name == archive).Concat(PartsOf(archive, there)).Concat(there.Where(file => file.Name == ListOf(archive))).Select(file => file.Name)];

    /// <summary>The archive's files in their order; none where it is not there, or not whole yet.</summary>
    private static ImmutableArray<RcloneFile> FilesOf(string archive, ImmutableArray<RcloneFile> there) =>
        there.FirstOrDefault(file => file.Name == archive) is { } whole ? [whole]
        : there.Any(file => file.Name == ListOf(archive)) ? PartsOf(archive, there) : [];

    private static ImmutableArray<RcloneFile> PartsOf(string archive, ImmutableArray<RcloneFile> there) =>
        [.. there.Where(file => file.Name != archive && ArchiveParts.ArchiveOf(file.Name) == archive).OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>Parts that no list names: of a run that is at work, or was killed.</summary>
    private static IEnumerable<string> UnlistedIn(ImmutableArray<RcloneFile> there) => there.Select(file => (file.Name, Archive: ArchiveParts.ArchiveOf(file.Name)))
        .Where(file => file.Archive != file.Name && ArchiveName.Find(file.Archive) is not null && there.All(other => other.Name != ListOf(file.Archive))).Select(file => file.Name);

    /// <summary>Parts that are put together without one of them are no archive, however sound each of them is.</summary>
    private void RequireEveryPart(StoredBackup backup, ImmutableArray<RcloneFile> files)
    {
        var gap = files is [var only] && only.Name == backup.Archive ? -1
            : Enumerable.Range(0, files.Length).Append(files.Length).First(index => index == files.Length || files[index].Name != ArchiveParts.NameOf(backup.Archive, index + 1));
        if (gap >= 0 && (gap < files.Length || files.Sum(file => file.Size) < backup.Record?.SizeBytes))
            throw new RelayOpsException($"'{backup.Archive}' in store {Name} is not whole", $"of its parts there is no {ArchiveParts.NameOf(backup.Archive, gap + 1)}",
                "use another backup or another store: the List target shows them", ExitStatus.BadBackup);
    }

    private async Task PutPartsAsync(CataloguedBackup source, ArchiveName name, ImmutableArray<RcloneFile> there, CancellationToken cancellationToken)
    {
        var record = source.Backup.Record!;
        // What is shown stays as it is until the other is whole: its parts are sent under other names, as a single file is.
        var prefix = FilesOf(name.FileName, there).IsEmpty ? "" : PartialPrefix;
        var arrived = new List<ArrivedPart>();
        using (var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            await using var archive = await source.Store.OpenAsync(source.Backup, cancellationToken);
            foreach (var part in ArchiveParts.Cut(name.FileName, record.SizeBytes, Math.Max(LargestFile, ArchiveParts.Smallest(record.SizeBytes))))
                arrived.Add(await PutPartAsync(source, archive, part, part with { Name = prefix + part.Name }, whole, there, cancellationToken));
            if (await archive.ReadAsync(new byte[1], cancellationToken) > 0 || Convert.ToHexStringLower(whole.GetHashAndReset()) != record.Sha256)
                throw NotAsRecorded(name.FileName);
        }

        foreach (var part in arrived.Where(part => part.At != part.Name))
            await RenameAsync(part.At, part.Name, cancellationToken);
        // Of a longer archive that had the name: it would be read as the end of this one.
        foreach (var surplus in PartsOf(name.FileName, there).Select(file => file.Name).Except(arrived.Select(part => part.Name)))
            await RemoveAsync(surplus, cancellationToken);
        await WriteAsync(name.Checksum, LocalDirectoryStore.ChecksumLine(record), cancellationToken);
        await WriteAsync(name.Record, CatalogueJson.Write(record), cancellationToken);
        await WriteAsync(ListOf(name.FileName), Encoding.ASCII.GetBytes(string.Concat(arrived.Select(part => $"{part.Sha256}  {part.Name}\n"))), cancellationToken);
        // A damaged copy in one piece, which would be read first.
        if (there.Any(file => file.Name == name.FileName))
            await RemoveAsync(name.FileName, cancellationToken);
    }

    /// <param name="target">The same part, as it is sent.</param>
    private async Task<ArrivedPart> PutPartAsync(CataloguedBackup source, Stream archive, ArchivePart part, ArchivePart target,
        IncrementalHash whole, ImmutableArray<RcloneFile> there, CancellationToken cancellationToken)
    {
        // Sent by a run that was stopped before it came to the end.
        var candidates = there.Where(file => file.Size == part.Size && (file.Name == part.Name || file.Name == target.Name)).Select(file => file.Name).ToList();
        await using var content = new HashedPart(archive, part.Size, whole);
        var result = candidates.Count > 0 ? null : await program.RunAsync(SendTo(target), content, cancellationToken);
        // What rclone did not take, too: the archive is proven as a whole.
        await content.CopyToAsync(Stream.Null, cancellationToken);
        if (content.Total != part.Size)
            throw NotAsRecorded(source.Backup.Archive);
        var sha256 = content.Sha256();
        foreach (var candidate in candidates)
            if (await HasAsync(candidate, sha256, cancellationToken))
                return new ArrivedPart(part.Name, candidate, sha256);
        for (var attempt = result is null ? 0 : 1; ; attempt++)
        {
            if (result is { Succeeded: true } && await HasAsync(target.Name, sha256, cancellationToken))
                return new ArrivedPart(part.Name, target.Name, sha256);
            if (attempt == RcloneProgram.Attempts)
                throw result is { Succeeded: false } ? program.Failed("write to", result)
                    : new RelayOpsException($"{part.Name} did not arrive whole in store {Name}", "its checksum there is another one", "run the same command again: it goes on with this part");
            await using var again = await part.OpenAsync(source, cancellationToken);
            result = await program.RunAsync(SendTo(target), new BoundedStream(again, part.Size), cancellationToken);
        }
    }

    /// <summary>rclone is told the size, so that no remote makes it keep the whole on a disk first.</summary>
    private string[] SendTo(ArchivePart part) => ["rcat", "--size", part.Size.ToString(CultureInfo.InvariantCulture), program.PathOf(part.Name)];

    private static RelayOpsException NotAsRecorded(string archive) => new($"the archive '{archive}' is not copied",
        "it is not what its catalogue record says: size or sha256 differ", "run Verify on it", ExitStatus.BadBackup);
}

/// <param name="At">Its name there until all of them have arrived.</param>
internal sealed record ArrivedPart(string Name, string At, string Sha256);

/// <summary>The next bytes of an archive, hashed as they are read: by themselves, and as what follows those before them.</summary>
internal sealed class HashedPart(Stream archive, long length, IncrementalHash whole) : ReadOnlyStream
{
    private readonly BoundedStream part = new(archive, length);
    private readonly IncrementalHash own = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Total { get; private set; }

    public string Sha256() => Convert.ToHexStringLower(own.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await part.ReadAsync(buffer, cancellationToken);
        whole.AppendData(buffer.Span[..read]);
        own.AppendData(buffer.Span[..read]);
        Total += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            own.Dispose();
        base.Dispose(disposing);
    }
}
