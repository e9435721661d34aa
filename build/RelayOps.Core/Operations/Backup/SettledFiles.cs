using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Backup;

/// <summary>
/// Files that must not be torn: <c>.env</c>, compose files, <c>data/</c>. They are read, listed again, and what changed meanwhile is read
/// again, until a reading lies between two equal listings.
/// </summary>
public sealed class SettledFiles : IDisposable
{
    private const int MostReadings = 4;

    private readonly Dictionary<string, Held> _held = [];
    private readonly Spool _spool;
    private PartFiles _part;

    private SettledFiles(PartFiles part, string spoolDirectory)
    {
        _part = part;
        _spool = new Spool(spoolDirectory);
    }

    public List<SkippedFile> Skipped { get; } = [];

    public static async Task<SettledFiles> ReadAsync(
        IHost host, RemoteFiles remote, PartFiles part, string spoolDirectory, IReporter reporter, CancellationToken cancellationToken)
    {
        var files = new SettledFiles(part, spoolDirectory);
        try
        {
            await files.SettleAsync(host, remote, reporter, cancellationToken);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public async Task WriteAsync(ArchiveWriter archive, CancellationToken cancellationToken)
    {
        foreach (var entry in _part.Tree.Entries)
        {
            var attributes = ArchiveEntries.AttributesOf(_part, entry);
            if (entry.Kind == TreeEntryKind.Directory)
                await archive.AddDirectoryAsync(attributes, cancellationToken);
            else if (!_held.TryGetValue(entry.Path, out var held))
                Skipped.Add(new SkippedFile(attributes.Path, ArchiveEntries.WhyNotHad(entry)));
            else if (held.SymbolicTarget is { } target && !EntryPath.StaysInside(attributes.Path, target))
                Skipped.Add(new SkippedFile(attributes.Path, ArchiveEntries.LeadsOut));
            else if (held.SymbolicTarget is { } inside)
                await archive.AddSymbolicLinkAsync(attributes, inside, cancellationToken);
            else
                await archive.AddFileAsync(attributes, held.Length, _spool.Open(held.Offset, held.Length), cancellationToken);
        }

        Skipped.AddRange(ArchiveEntries.UnnameableOf(_part));
    }

    public void Dispose() => _spool.Dispose();

    private async Task SettleAsync(IHost host, RemoteFiles remote, IReporter reporter, CancellationToken cancellationToken)
    {
        var wanted = _part.Readable.ToList();
        for (var reading = 1; wanted.Count > 0; reading++)
        {
            await HoldAsync(remote, wanted, cancellationToken);
            var again = await _part.ListAgainAsync(host, cancellationToken);
            var before = _part.Tree.Entries.ToDictionary(entry => entry.Path);
            wanted = [.. again.Readable.Where(entry => !_held.ContainsKey(entry.Path) || !before.TryGetValue(entry.Path, out var earlier)
                || entry.DiffersFrom(earlier) || (reading == 1 && IsWithinTheSecond(entry, _part.Tree)))];
            _part = again;
            if (wanted.Count > 0 && reading == MostReadings)
            {
                if (wanted.Find(entry => !_held.ContainsKey(entry.Path)) is { } never)
                    throw new RelayOpsException($"cannot read {_part.InArchive(never.Path)} on {host.Name}",
                        $"tar {_part.Route.Name} left it out {MostReadings} times although it is there", "read it there by hand to see why");
                reporter.Warn($"{_part.InArchive(wanted[0].Path)} changed every time it was read ({MostReadings} times): its last reading is kept");
                return;
            }
        }
    }

    /// <summary>
    /// Times are whole seconds: a file changed in the very second of the first listing may have changed again behind it, at the same size.
    /// </summary>
    private static bool IsWithinTheSecond(TreeEntry entry, FileTree before) =>
        entry.Kind == TreeEntryKind.File && entry.ChangedAt >= before.TakenAt;

    private async Task HoldAsync(RemoteFiles remote, List<TreeEntry> wanted, CancellationToken cancellationToken)
    {
        await foreach (var file in remote.ReadAsync(_part, wanted, cancellationToken))
        {
            if (file.LinkedTo is { } other && _held.TryGetValue(other, out var same))
                _held[file.Listed.Path] = same;
            else if (file.SymbolicTarget is not null)
                _held[file.Listed.Path] = new Held(0, 0, file.SymbolicTarget);
            else
            {
                var (offset, length) = await _spool.AppendAsync(file.Content ?? Stream.Null, cancellationToken);
                _held[file.Listed.Path] = new Held(offset, length, null);
            }
        }
    }

    private sealed record Held(long Offset, long Length, string? SymbolicTarget);
}
