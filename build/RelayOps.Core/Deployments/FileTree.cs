using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

public enum TreeEntryKind
{
    File,
    Directory,
    SymbolicLink,

    /// <summary>A socket, fifo or device: nothing a backup can hold.</summary>
    Special,
}

/// <summary>A file or directory on the server as <c>stat</c> told it.</summary>
/// <param name="Path">Relative to the tree's root, with '/', e.g. <c>data/init.json</c>; empty for the root itself.</param>
/// <param name="Mode">Permission bits alone.</param>
public sealed record TreeEntry(
    string Path, TreeEntryKind Kind, int Mode, long Size, int UserId, int GroupId, string UserName, string GroupName,
    DateTimeOffset ModifiedAt, DateTimeOffset ChangedAt, long Inode)
{
    /// <summary>Whether the content may differ from what <paramref name="earlier"/> had.</summary>
    public bool DiffersFrom(TreeEntry earlier) =>
        Size != earlier.Size || ModifiedAt != earlier.ModifiedAt || ChangedAt != earlier.ChangedAt || Inode != earlier.Inode;
}

/// <summary>What is below a directory of the server, in ordinal order of paths.</summary>
/// <param name="Unreadable">Files and directories that this way of access may not read.</param>
/// <param name="Unnameable">Names with control characters or of another encoding than UTF-8, which no list of names can carry.</param>
public sealed record FileTree(
    DateTimeOffset TakenAt, ImmutableArray<TreeEntry> Entries, ImmutableArray<string> Unreadable, ImmutableArray<string> Unnameable)
{
    /// <summary>The exit status of a listing whose directory is not there.</summary>
    internal const int NotThere = 66;

    /// <summary>GNU and busybox alike: <c>find</c> and <c>stat -c</c>, nothing of GNU's own.</summary>
    private const string Script = """
        cd "$1" || exit 66
        shift
        for n do
          shift
          if [ -e "./$n" ] || [ -L "./$n" ]; then set -- "$@" "./$n"; fi
        done
        printf 'now %s\n' "$(date +%s)"
        [ $# -gt 0 ] || exit 0
        find "$@" -exec stat -c 'entry %f %s %u %g %U %G %Y %Z %i %n' {} + 2>/dev/null
        find "$@" \( -type f -o -type d \) -exec sh -c 'for f do [ -r "$f" ] || printf "closed %s\n" "$f"; done' sh {} + 2>/dev/null
        exit 0
        """;

    /// <summary>Lists what is below each of <paramref name="names"/>; names that are not there are left out.</summary>
    public static HostCommand Command(string root, params ReadOnlySpan<string> names) =>
        HostCommand.ReadingScript(Script, [root, .. names]);

    /// <summary>Null when the directory is not there, or this way does not lead to it.</summary>
    public static async Task<FileTree?> FindAsync(
        IHost host, FileRoute route, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(route.Run(Command(route.Root, [.. names])), cancellationToken);
        return result.Succeeded ? Parse(result.Output) : null;
    }

    public TreeEntry? Find(string path) => Entries.FirstOrDefault(entry => entry.Path == path);

    public static FileTree Parse(string output)
    {
        var entries = new List<TreeEntry>();
        var unreadable = new SortedSet<string>(StringComparer.Ordinal);
        var unnameable = new SortedSet<string>(StringComparer.Ordinal);
        var takenAt = DateTimeOffset.UnixEpoch;
        foreach (var line in output.Split('\n'))
        {
            if (line.StartsWith("now ", StringComparison.Ordinal))
                takenAt = Seconds(line[4..]);
            else if (line.StartsWith("closed ", StringComparison.Ordinal))
                unreadable.Add(Relative(line[7..]));
            else if (ParseEntry(line) is { } entry && IsNameable(entry.Path))
                entries.Add(entry);
            else if (ParseEntry(line) is { } odd)
                unnameable.Add(odd.Path);
            else if (line.Length > 0 && entries.Count > 0)
            {
                // The rest of a name with a line break: the entry before it is that name's beginning.
                unnameable.Add(entries[^1].Path);
                entries.RemoveAt(entries.Count - 1);
            }
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new FileTree(takenAt, [.. entries], [.. unreadable], [.. unnameable]);
    }

    /// <summary>U+FFFD stands for bytes that are no UTF-8: which they were is lost, so the file cannot be asked for.</summary>
    private static bool IsNameable(string path) => !path.Any(c => char.IsControl(c) || c == '\uFFFD');

    private static TreeEntry? ParseEntry(string line)
    {
        var words = line.Split(' ', 11);
        if (words.Length != 11 || words[0] != "entry" ||
            !int.TryParse(words[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mode))
            return null;
        return new TreeEntry(
            Relative(words[10]), Kind(mode), mode & 0xFFF, Number(words[2]), (int)Number(words[3]), (int)Number(words[4]),
            Known(words[5]), Known(words[6]), Seconds(words[7]), Seconds(words[8]), Number(words[9]));
    }

    /// <summary>The file type bits of st_mode, as POSIX has them.</summary>
    private static TreeEntryKind Kind(int mode) => (mode & 0xF000) switch
    {
        0x8000 => TreeEntryKind.File,
        0x4000 => TreeEntryKind.Directory,
        0xA000 => TreeEntryKind.SymbolicLink,
        _ => TreeEntryKind.Special,
    };

    /// <summary>The root itself has the empty path.</summary>
    internal static string Relative(string name)
    {
        while (name.StartsWith("./", StringComparison.Ordinal))
            name = name[2..];
        return name == "." ? "" : name;
    }

    private static string Known(string name) => name == "UNKNOWN" ? "" : name;

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static DateTimeOffset Seconds(string text) => DateTimeOffset.FromUnixTimeSeconds(Number(text));
}
