using System.Collections.Immutable;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>The files of one part of a deployment and the way they are read.</summary>
/// <param name="Name">For people: <c>data</c>.</param>
/// <param name="Prefix">Where they go in an archive: <c>data</c>, or empty for the top.</param>
/// <param name="Names">What is listed below <see cref="FileRoute.Root"/>; <c>.</c> for all of it.</param>
public sealed record PartFiles(string Name, string Prefix, FileRoute Route, ImmutableArray<string> Names, FileTree Tree)
{
    /// <summary>What tar is told to read: files and links, no directories.</summary>
    public IEnumerable<TreeEntry> Readable =>
        Tree.Entries.Where(entry => entry.Kind is TreeEntryKind.File or TreeEntryKind.SymbolicLink);

    /// <summary>Bytes of all files, as listed.</summary>
    public long SizeBytes => Tree.Entries.Where(entry => entry.Kind == TreeEntryKind.File).Sum(entry => entry.Size);

    /// <summary>A path of the tree as it stands in an archive.</summary>
    public string InArchive(string path) => (Prefix.Length, path.Length) switch
    {
        (0, _) => path,
        (_, 0) => Prefix,
        _ => $"{Prefix}/{path}",
    };

    /// <summary>Nothing, where the directory is gone by now; a listing that fails for another reason says nothing of what is there.</summary>
    /// <exception cref="RelayOpsException">It cannot be listed any more.</exception>
    public async Task<PartFiles> ListAgainAsync(IHost host, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(Route.Run(FileTree.Command(Route.Root, [.. Names])), cancellationToken);
        if (result.Succeeded)
            return this with { Tree = FileTree.Parse(result.Output) };
        return result.Exit.Status == FileTree.NotThere ? this with { Tree = Tree with { Entries = [] } } : throw new RelayOpsException(
            $"cannot list {Name} on {host.Name} any more", FirstLine.Of(result.Exit.Error), $"it was read {Route.Name} before; check that this still works, and try again");
    }
}
