using System.Formats.Tar;
using System.Text;
using System.Text.RegularExpressions;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Docker;

/// <summary>The root file system of an image, put together from this machine's programs and the libraries they load.</summary>
internal sealed partial class RootFileSystem
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101; // 0755
    private const UnixFileMode Plain = (UnixFileMode)0b110_100_100; // 0644

    private readonly SortedDictionary<string, Func<TarEntry>> entries = new(StringComparer.Ordinal);

    /// <summary>A program of this machine and every library that it loads, under the same paths.</summary>
    public async Task AddProgramAsync(string path, string hostPath, CancellationToken cancellationToken)
    {
        AddFile(path, hostPath);
        var listing = await Shell.RunAsync("ldd", [hostPath], cancellationToken);
        foreach (Match library in LibraryPath().Matches(listing))
            AddFile(library.Value, library.Value);
    }

    public void AddText(string path, string text, bool executable = false) => Add(path, name => new PaxTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
        Mode = executable ? Executable : Plain,
    });

    public void AddLink(string path, string target) =>
        Add(path, name => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target, Mode = Executable });

    public void AddDirectory(string path, bool forEverybody = false) => Add(path, name => new PaxTarEntry(TarEntryType.Directory, name)
    {
        Mode = forEverybody ? Executable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit : Executable,
    });

    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var create in entries.Values)
        {
            var entry = create();
            await using var content = entry.DataStream;
            entry.ModificationTime = DateTimeOffset.UnixEpoch;
            await writer.WriteEntryAsync(entry, cancellationToken);
        }
    }

    private void AddFile(string path, string hostPath) => Add(path, name => new PaxTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = File.OpenRead(hostPath),
        Mode = Executable,
    });

    private void Add(string path, Func<string, TarEntry> create)
    {
        var name = path.TrimStart('/');
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
            if (!entries.ContainsKey(name[..slash]))
                AddDirectory(name[..slash]);
        entries[name] = () => create(name);
    }

    [GeneratedRegex(@"/\S+(?= \(0x)")]
    private static partial Regex LibraryPath();
}
