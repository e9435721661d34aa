using System.Formats.Tar;
using System.Text;
using RelayOps.Core.Archives;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Backup;
using RelayOps.Core.Operations.Restore;
using RelayOps.Core.Reporting;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>Carries files from the old server to the new one as a stream through this machine; its disk is not touched.</summary>
internal sealed class MovedFiles(IHost old, Arrival arrival, MoveRequest request, OldServer source, OwnerMap owners, MovedConfig config, IReporter reporter)
{
    /// <summary>$1 directory. As root, so that every owner can be given; numbers, since the server's names may mean other users.</summary>
    private const string UnpackScript = """
        mkdir -p "$1" && cd "$1" || exit 66
        if tar --version 2>/dev/null | grep -q GNU; then exec tar xpf - --numeric-owner --delay-directory-restore; fi
        exec tar xpf -
        """;

    /// <summary>Paths that went away on the old server, one a line. $1 directory.</summary>
    private const string ForgetScript = """cd "$1" || exit 66; while IFS= read -r path; do rm -rf "./$path" || exit 74; done""";

    private readonly RemoteFiles _remote = new(old, request.Wire, reporter);
    private readonly HashSet<string> _sent = [];
    private List<PartFiles> _parts = [.. source.Deployment.Files];

    /// <summary>Content sent through this machine so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>What can go straight goes first; null where nothing can.</summary>
    public StraightFiles? Straight { get; init; }

    public static HostCommand UnpackCommand(string directory) => HostCommand.ChangingScript(UnpackScript, directory);

    /// <summary>Everything, while the service runs: what changes meanwhile is sent again by <see cref="SendChangesAsync"/>.</summary>
    public async Task SendAllAsync(CancellationToken cancellationToken)
    {
        foreach (var part in _parts)
            foreach (var name in part.Tree.Unnameable)
                reporter.Warn($"left behind on {old.Name}: {part.InArchive(name)}, whose name has control characters or is not UTF-8");
        using var phase = reporter.Begin($"sending files to {arrival.Host.Name}", _parts.Sum(part => part.SizeBytes));
        if (Straight is not null)
            foreach (var part in _parts.Where(StraightFiles.Takes))
                _sent.UnionWith(await Straight.SendAsync(part, phase, cancellationToken));
        await SendAsync([.. _parts.Select(part => (part, part.Tree.Entries.Where(entry => !_sent.Contains(part.InArchive(entry.Path))).ToList()))], arrival.Path, phase, cancellationToken);
    }

    /// <summary><c>.env</c>, compose files and what they refer to, for a directory of the new server besides the deployment's own.</summary>
    public async Task SendConfigAsync(string directory, CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("sending compose files for the trial");
        await SendAsync([.. _parts.Where(part => part.Name == "config").Select(part => (part, part.Tree.Entries.ToList()))], directory, phase, cancellationToken);
    }

    /// <summary>Once the old service has stopped: what differs from the first listing, in time, size, inode or by a second of doubt, and what is gone.</summary>
    /// <returns>Whether a file that compose reads was among them.</returns>
    public async Task<bool> SendChangesAsync(CancellationToken cancellationToken)
    {
        using var phase = reporter.Begin("sending what changed");
        var before = _parts;
        _parts = [.. await Task.WhenAll(before.Select(part => WithoutService(part).ListAgainAsync(old, cancellationToken)))];
        var changed = before.Zip(_parts).Select(pair => (Part: pair.Second, Entries: Changed(pair.First, pair.Second))).ToList();
        var gone = before.Zip(_parts).SelectMany(pair => pair.First.Tree.Entries.Select(entry => pair.First.InArchive(entry.Path))
            .Except(pair.Second.Tree.Entries.Select(entry => pair.Second.InArchive(entry.Path)))).ToList();
        if (gone.Count > 0)
            await ForgetAsync(gone, cancellationToken);
        await SendAsync(changed, arrival.Path, phase, cancellationToken);
        return changed.Any(one => one.Part.Name == "config" && one.Entries.Any(entry => entry.Kind == TreeEntryKind.File));
    }

    /// <summary>Names, sizes, times, owners and modes on the new server against the last listing of the old one.</summary>
    /// <exception cref="RelayOpsException">They differ.</exception>
    public async Task DemandEqualAsync(CancellationToken cancellationToken)
    {
        var names = _parts.SelectMany(part => part.Prefix.Length > 0 ? [part.Prefix] : part.Names.ToArray()).Distinct().ToArray();
        var there = await FileTree.FindAsync(arrival.Host, arrival.Owner with { Root = arrival.Path }, names, cancellationToken) ?? throw Differs("its directory vanished");
        var found = there.Entries.ToDictionary(entry => entry.Path);
        foreach (var (path, entry) in _parts.SelectMany(part => part.Tree.Entries.Select(entry => (part.InArchive(entry.Path), entry))))
        {
            if (entry.Kind == TreeEntryKind.Special)
                continue;
            if (!found.Remove(path, out var arrived))
                throw Differs($"{path} is missing");
            if (FindDifference(path, entry, arrived) is { } difference)
                throw Differs($"{path} has another {difference}");
        }

        if (found.Keys.Order(StringComparer.Ordinal).FirstOrDefault(path => path.StartsWith("data", StringComparison.Ordinal) || path.StartsWith("logs", StringComparison.Ordinal)) is { } more)
            throw Differs($"{more} is there, and not on the old server");
    }

    private string? FindDifference(string path, TreeEntry entry, TreeEntry arrived)
    {
        if (arrived.Kind != entry.Kind)
            return "kind";
        if (arrived.UserId != owners.User(entry.UserId) || arrived.GroupId != owners.Group(entry.GroupId))
            return "owner";
        if (entry.Kind == TreeEntryKind.SymbolicLink)
            return null;
        if (arrived.Mode != entry.Mode)
            return "mode";
        return entry.Kind == TreeEntryKind.File && !MovedConfig.IsText(path) && (arrived.Size != entry.Size || arrived.ModifiedAt != entry.ModifiedAt) ? "size or time" : null;
    }

    /// <summary>Inside the service's own container nothing is read any more once it has stopped.</summary>
    private PartFiles WithoutService(PartFiles part) => !part.Route.IsContainer ? part
        : part with { Route = source.Target.Owner with { Root = part.Prefix.Length > 0 ? $"{source.Path}/{part.Prefix}" : source.Path } };

    private List<TreeEntry> Changed(PartFiles before, PartFiles now)
    {
        var earlier = before.Tree.Entries.ToDictionary(entry => entry.Path);
        return [.. now.Tree.Entries.Where(entry => entry.Kind == TreeEntryKind.Directory || !_sent.Contains(now.InArchive(entry.Path))
            || !earlier.TryGetValue(entry.Path, out var had) || entry.DiffersFrom(had) || entry.ChangedAt >= before.Tree.TakenAt)];
    }

    private async Task ForgetAsync(List<string> gone, CancellationToken cancellationToken)
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(gone.Select(path => path + "\n")));
        var result = await arrival.Host.RunAsync(arrival.Owner.Run(HostCommand.ChangingScript(ForgetScript, arrival.Path)), lines, cancellationToken);
        if (!result.Succeeded)
            throw Differs(FirstLine.Of(result.Exit.Error));
    }

    private async Task SendAsync(List<(PartFiles Part, List<TreeEntry> Entries)> what, string directory, IPhase phase, CancellationToken cancellationToken)
    {
        var digests = new Dictionary<string, string>();
        await using (var running = await arrival.Host.StartAsync(arrival.Owner.Run(UnpackCommand(directory)), cancellationToken))
        {
            try
            {
                await using var input = running.Input;
                await using var tar = new TarWriter(input, TarEntryFormat.Gnu, leaveOpen: true);
                foreach (var (part, entries) in what)
                    await SendAsync(tar, part, entries, directory, digests, phase, cancellationToken);
            }
            catch (IOException)
            {
                // tar has ended: its own words say why.
            }

            var exit = await running.WaitAsync(cancellationToken);
            if (!exit.Succeeded)
                throw new RelayOpsException($"cannot place files on {arrival.Host.Name}", FirstLine.Of(exit.Error), "check free space and that tar works there");
        }

        var checks = Encoding.UTF8.GetBytes(string.Concat(digests.Select(pair => $"{pair.Value}  ./{pair.Key}\n")));
        var result = await arrival.Host.RunAsync(arrival.Owner.Run(StagedFiles.CheckCommand(directory, ".")), checks, cancellationToken);
        if (!result.Succeeded || result.Output.Trim().Length > 0)
            throw Differs(FirstLine.Of(result.Output + result.Exit.Error));
    }

    private async Task SendAsync(TarWriter tar, PartFiles part, List<TreeEntry> entries, string directory, Dictionary<string, string> digests, IPhase phase, CancellationToken cancellationToken)
    {
        foreach (var parent in Parents(part, entries))
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.Directory, parent + "/")
            {
                Mode = (UnixFileMode)0b111_101_101,
                Uid = owners.NewUser,
                Gid = owners.NewGroup,
                ModificationTime = part.Tree.TakenAt,
                AccessTime = default,
                ChangeTime = default,
            }, cancellationToken);
        foreach (var entry in entries.Where(entry => entry.Kind == TreeEntryKind.Directory))
            await tar.WriteEntryAsync(Header(TarEntryType.Directory, part.InArchive(entry.Path) + "/", entry), cancellationToken);
        var wanted = entries.Where(entry => entry.Kind is TreeEntryKind.File or TreeEntryKind.SymbolicLink).ToList();
        await foreach (var file in _remote.ReadAsync(part, wanted, cancellationToken))
        {
            var path = part.InArchive(file.Listed.Path);
            var target = file.SymbolicTarget ?? (file.LinkedTo is { } other ? part.InArchive(other) : null);
            if (target is not null)
            {
                var link = Header(file.LinkedTo is null ? TarEntryType.SymbolicLink : TarEntryType.HardLink, path, file.Listed);
                link.LinkName = target;
                await tar.WriteEntryAsync(link, cancellationToken);
            }
            else
                digests[path] = await SendFileAsync(tar, path, file, directory, phase, cancellationToken);
            _sent.Add(path);
        }
    }

    private async Task<string> SendFileAsync(TarWriter tar, string path, RemoteFile file, string directory, IPhase phase, CancellationToken cancellationToken)
    {
        var (content, size) = (file.Content ?? Stream.Null, file.Size);
        if (MovedConfig.IsText(path) && size <= MovedConfig.LongestText)
        {
            var text = new byte[size];
            await content.ReadExactlyAsync(text, cancellationToken);
            var changed = config.Change(path, text, directory);
            (content, size) = (new MemoryStream(changed, writable: false), changed.Length);
        }

        await using var hashing = new HashingContent(new ProgressStream(content, phase.Advance), size, padWhenShort: false);
        var header = Header(TarEntryType.RegularFile, path, file.Listed);
        header.DataStream = hashing;
        await tar.WriteEntryAsync(header, cancellationToken);
        Bytes += size;
        return hashing.Sha256();
    }

    /// <summary>Directories above a file that compose refers to, which nobody has listed.</summary>
    private static IEnumerable<string> Parents(PartFiles part, List<TreeEntry> entries)
    {
        var listed = entries.Where(entry => entry.Kind == TreeEntryKind.Directory).Select(entry => entry.Path).ToHashSet();
        return part.Prefix.Length > 0 ? [] : entries.SelectMany(entry => Above(entry.Path)).Where(path => !listed.Contains(path)).Distinct().Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }

    private GnuTarEntry Header(TarEntryType type, string path, TreeEntry entry) => new(type, path)
    {
        Mode = (UnixFileMode)entry.Mode,
        Uid = owners.User(entry.UserId),
        Gid = owners.Group(entry.GroupId),
        ModificationTime = entry.ModifiedAt,
        AccessTime = default,
        ChangeTime = default,
    };

    private RelayOpsException Differs(string why) => new($"the files on {arrival.Host.Name} are not those of {old.Name}", why, "check the new server's disk, and try again");
}
