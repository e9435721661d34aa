using System.Formats.Tar;
using System.Text;
using RelayOps.Core.Backups;

namespace RelayOps.Core.Archives;

/// <summary>Decides about each entry by its name, kind and target, given those before it.</summary>
internal sealed class EntryNames(ArchiveLimits limits)
{
    private readonly Dictionary<string, EntryKind> seen = new(StringComparer.Ordinal);
    private int entries;
    private long nameBytes;

    public ArchiveLayout? Layout { get; private set; }

    /// <returns>Null for the top folder itself.</returns>
    /// <exception cref="InvalidDataException">The entry must not be in an archive.</exception>
    public ArchiveEntry? Accept(TarEntry entry)
    {
        if (++entries > limits.Entries)
            throw new InvalidDataException($"it has more than {limits.Entries} entries");
        var kind = Kind(entry);
        var path = Path(entry.Name, kind == EntryKind.Directory);
        if (path.Length == 0)
            return kind == EntryKind.Directory ? null : throw Refuse(entry.Name, "its name is empty");
        Remember(path, kind);
        return new ArchiveEntry
        {
            Path = path,
            Kind = kind,
            Size = kind == EntryKind.File ? entry.Length : 0,
            Mode = (int)entry.Mode & 0xFFF,
            UserId = entry.Uid,
            GroupId = entry.Gid,
            UserName = (entry as PosixTarEntry)?.UserName ?? "",
            GroupName = (entry as PosixTarEntry)?.GroupName ?? "",
            ModifiedAt = entry.ModificationTime,
            Target = Target(entry, path, kind),
            Content = kind == EntryKind.File && entry.DataStream is { } data ? new EntryContent(data) : Stream.Null,
        };
    }

    private static EntryKind Kind(TarEntry entry) => entry.EntryType switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => EntryKind.File,
        TarEntryType.Directory => EntryKind.Directory,
        TarEntryType.SymbolicLink => EntryKind.SymbolicLink,
        TarEntryType.HardLink => EntryKind.HardLink,
        _ => throw Refuse(entry.Name, $"it is of the kind {entry.EntryType}"),
    };

    private string Path(string name, bool isDirectory)
    {
        var path = EntryPath.Normalise(name, out var problem);
        if (problem is not null)
            throw Refuse(name, problem);
        if (path.Length == 0)
            return "";
        Layout ??= ArchiveLayout.Detect(path, isDirectory);
        return Layout.Below(path) ?? throw Refuse(name, $"it lies beside the archive's folder {EntryPath.Shown(Layout.TopFolder!)}");
    }

    /// <summary>A name comes once, and nothing comes below a file or a link: that is how archives write elsewhere.</summary>
    private void Remember(string path, EntryKind kind)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            var parent = path[..slash];
            if (!seen.TryGetValue(parent, out var parentKind))
                Add(parent, EntryKind.Directory);
            else if (parentKind != EntryKind.Directory)
                throw Refuse(path, $"it lies below {EntryPath.Shown(parent)}, which is no directory");
        }

        if (!seen.TryGetValue(path, out var before))
            Add(path, kind);
        else if (kind != EntryKind.Directory || before != EntryKind.Directory)
            throw Refuse(path, "it is there twice");
    }

    private void Add(string path, EntryKind kind)
    {
        seen.Add(path, kind);
        nameBytes += Encoding.UTF8.GetByteCount(path);
        if (nameBytes > limits.NameBytes)
            throw new InvalidDataException($"its names take more than {limits.NameBytes >> 20} MiB");
    }

    private string? Target(TarEntry entry, string path, EntryKind kind)
    {
        if (kind == EntryKind.SymbolicLink)
            return EntryPath.StaysInside(path, entry.LinkName) ? entry.LinkName : throw Refuse(path, "its link leads out of the archive");
        if (kind != EntryKind.HardLink)
            return null;
        var target = Layout!.Below(EntryPath.Normalise(entry.LinkName, out var problem));
        if (problem is not null || target is null)
            throw Refuse(path, "its link leads out of the archive");
        return seen.TryGetValue(target, out var targetKind) && targetKind is EntryKind.File or EntryKind.HardLink && target != path
            ? target
            : throw Refuse(path, "it is a link to a file that did not come before");
    }

    private static InvalidDataException Refuse(string name, string why) => new($"'{EntryPath.Shown(name)}': {why}");
}
