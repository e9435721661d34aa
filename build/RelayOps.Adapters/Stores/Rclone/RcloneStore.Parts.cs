using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Adapters.Stores.GitHub;
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

    /// <summary>The archive's files in their order; none where it is not there, or not whole yet.</summary>
    private static ImmutableArray<RcloneFile> FilesOf(string archive, ImmutableArray<RcloneFile> there) =>
        there.FirstOrDefault(file => file.Name == archive) is { } whole ? [whole]
        : there.Any(file => file.Name == ListOf(archive)) ? PartsOf(archive, there) : [];

    private static ImmutableArray<RcloneFile> PartsOf(string archive, ImmutableArray<RcloneFile> there) =>
        [.. there.Where(file => file.Name != archive && ReleaseParts.ArchiveOf(file.Name) == archive).OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>Parts that no list names: of a run that is at work, or was killed.</summary>
    private static IEnumerable<string> UnlistedIn(ImmutableArray<RcloneFile> there) => there.Select(file => (file.Name, Archive: ReleaseParts.ArchiveOf(file.Name)!))
        .Where(file => file.Archive != file.Name && ArchiveName.Find(file.Archive) is not null && there.All(other => other.Name != ListOf(file.Archive))).Select(file => file.Name);

    private async Task PutPartsAsync(CataloguedBackup source, ArchiveName name, ImmutableArray<RcloneFile> there, CancellationToken cancellationToken)
    {
        var record = source.Backup.Record!;
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var archive = await source.Store.OpenAsync(source.Backup, cancellationToken);
        var list = new StringBuilder();
        for (var (offset, number) = (0L, 1); offset < record.SizeBytes; offset += LargestFile, number++)
        {
            var part = new ArchivePart(ReleaseParts.NameOf(name.FileName, number), offset, Math.Min(LargestFile, record.SizeBytes - offset));
            var mayBeThere = there.Any(file => file.Name == part.Name && file.Size == part.Size);
            list.Append(CultureInfo.InvariantCulture, $"{await PutPartAsync(source, archive, part, whole, mayBeThere, cancellationToken)}  {part.Name}\n");
        }

        if (await archive.ReadAsync(new byte[1], cancellationToken) > 0 || Convert.ToHexStringLower(whole.GetHashAndReset()) != record.Sha256)
            throw NotAsRecorded(name.FileName);
        await WriteAsync(name.Checksum, LocalDirectoryStore.ChecksumLine(record), cancellationToken);
        await WriteAsync(name.Record, CatalogueJson.Write(record), cancellationToken);
        await WriteAsync(ListOf(name.FileName), Encoding.ASCII.GetBytes(list.ToString()), cancellationToken);
        // A damaged copy in one piece, which would be read first.
        if (there.Any(file => file.Name == name.FileName))
            await DemandAsync($"replace {name.FileName} in", ["deletefile", program.PathOf(name.FileName)], cancellationToken);
    }

    /// <returns>Its checksum, which is also that of what the remote has.</returns>
    private async Task<string> PutPartAsync(
        CataloguedBackup source, Stream archive, ArchivePart part, IncrementalHash whole, bool mayBeThere, CancellationToken cancellationToken)
    {
        await using var content = new HashedPart(archive, part.Size, whole);
        var result = mayBeThere ? null : await program.RunAsync(part.SendTo(program), content, cancellationToken);
        // What rclone did not take, too: the archive is proven as a whole.
        await content.CopyToAsync(Stream.Null, cancellationToken);
        if (content.Total != part.Size)
            throw NotAsRecorded(source.Backup.Archive);
        var sha256 = content.Sha256();
        for (var attempt = 1; ; attempt++)
        {
            if (result is null or { Succeeded: true } && await HasAsync(part.Name, sha256, cancellationToken))
                return sha256;
            if (attempt == RcloneProgram.Attempts)
                throw result is { Succeeded: false } ? program.Failed("write to", result)
                    : new RelayOpsException($"{part.Name} did not arrive whole in store {Name}", "its checksum there is another one", "run the same command again: it goes on with this part");
            await using var again = await part.OpenAsync(source, cancellationToken);
            result = await program.RunAsync(part.SendTo(program), new BoundedStream(again, part.Size), cancellationToken);
        }
    }

    private static RelayOpsException NotAsRecorded(string archive) => new($"the archive '{archive}' is not copied",
        "it is not what its catalogue record says: size or sha256 differ", "run Verify on it", ExitStatus.BadBackup);
}

/// <param name="Offset">Of its first byte in the archive.</param>
internal sealed record ArchivePart(string Name, long Offset, long Size)
{
    /// <summary>rclone is told the size, so that no remote makes it keep the whole on a disk first.</summary>
    public string[] SendTo(RcloneProgram program) => ["rcat", "--size", Size.ToString(CultureInfo.InvariantCulture), program.PathOf(Name)];

    public async Task<Stream> OpenAsync(CataloguedBackup source, CancellationToken cancellationToken)
    {
        var archive = await source.Store.OpenAsync(source.Backup, cancellationToken);
        if (archive.CanSeek)
            archive.Position = Offset;
        else
            await new BoundedStream(archive, Offset).CopyToAsync(Stream.Null, cancellationToken);
        return archive;
    }
}

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
