using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;

namespace RelayOps.Core.Operations.Backup;

/// <summary>From a listing to entries of an archive.</summary>
internal static class ArchiveEntries
{
    public static EntryAttributes AttributesOf(PartFiles part, TreeEntry entry) => new()
    {
        Path = part.InArchive(entry.Path),
        Mode = entry.Mode,
        UserId = entry.UserId,
        GroupId = entry.GroupId,
        UserName = entry.UserName,
        GroupName = entry.GroupName,
        ModifiedAt = entry.ModifiedAt,
    };

    public const string LeadsOut = "its link leads out of the deployment";

    public static IEnumerable<SkippedFile> UnnameableOf(PartFiles part) => part.Tree.Unnameable
        .Select(path => new SkippedFile(part.InArchive(path), "its name has control characters or is not UTF-8"));

    public static string WhyNotHad(TreeEntry entry) => entry.Kind == TreeEntryKind.Special
        ? "a socket, fifo or device holds nothing to back up"
        : "it vanished while it was read";

    /// <summary>Logs: written as they come, since they only grow and nothing depends on their last line.</summary>
    public static async Task<List<SkippedFile>> StreamAsync(
        RemoteFiles remote, PartFiles part, ArchiveWriter archive, CancellationToken cancellationToken)
    {
        foreach (var directory in part.Tree.Entries.Where(entry => entry.Kind == TreeEntryKind.Directory))
            await archive.AddDirectoryAsync(AttributesOf(part, directory), cancellationToken);
        var had = new HashSet<string>();
        var skipped = UnnameableOf(part).ToList();
        await foreach (var file in remote.ReadAsync(part, [.. part.Readable], cancellationToken))
        {
            var attributes = AttributesOf(part, file.Listed);
            if (file.SymbolicTarget is { } outside && !EntryPath.StaysInside(attributes.Path, outside))
                skipped.Add(new SkippedFile(attributes.Path, LeadsOut));
            else if (file.SymbolicTarget is { } target)
                await archive.AddSymbolicLinkAsync(attributes, target, cancellationToken);
            else if (file.LinkedTo is { } other)
                await archive.AddHardLinkAsync(attributes, part.InArchive(other), cancellationToken);
            else
                await archive.AddFileAsync(attributes, file.Size, file.Content ?? Stream.Null, cancellationToken);
            had.Add(file.Listed.Path);
        }

        skipped.AddRange(part.Tree.Entries.Where(entry => entry.Kind != TreeEntryKind.Directory && !had.Contains(entry.Path))
            .Select(entry => new SkippedFile(part.InArchive(entry.Path), WhyNotHad(entry))));
        return skipped;
    }
}
