using RelayOps.Core.Stores;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Stores;

/// <summary>A piece of an archive that is stored as a file of its own.</summary>
/// <param name="Offset">Of its first byte in the archive.</param>
internal sealed record ArchivePart(string Name, long Offset, long Size)
{
    /// <summary>The archive, at this part's first byte.</summary>
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

/// <summary>How an archive that is too large for one file of a store is cut.</summary>
internal static class ArchiveParts
{
    private const string Suffix = ".part";

    /// <summary>Their numbers have three digits.</summary>
    private const int Most = 999;

    /// <summary>Bytes of a part below which there would be too many of them.</summary>
    public static long Smallest(long size) => (size + Most - 1) / Most;

    /// <summary>Under its own name when it fits into one file; else into parts as large as may be, and the rest.</summary>
    public static IEnumerable<ArchivePart> Cut(string archive, long size, long largest)
    {
        for (var (offset, number) = (0L, 1); offset < size || number == 1; (offset, number) = (offset + largest, number + 1))
            yield return new ArchivePart(size > largest ? NameOf(archive, number) : archive, offset, Math.Min(largest, size - offset));
    }

    /// <summary><c>x.tar.gz.part001</c>, so that <c>cat x.tar.gz.part[0-9]*</c> puts them together.</summary>
    public static string NameOf(string archive, int number) => $"{archive}{Suffix}{number:000}";

    /// <summary>The archive that a file is, or is a part of.</summary>
    public static string ArchiveOf(string file) =>
        file.LastIndexOf(Suffix, StringComparison.Ordinal) is var at and > 0 && file[(at + Suffix.Length)..] is { Length: 3 } number && number.All(char.IsAsciiDigit)
            ? file[..at]
            : file;
}
