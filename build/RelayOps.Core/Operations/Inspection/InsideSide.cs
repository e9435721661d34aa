using System.Collections.Immutable;
using System.Text;
using RelayOps.Core.Archives;
using RelayOps.Core.Backups;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Verification;
using RelayOps.Core.Redis;

namespace RelayOps.Core.Operations.Inspection;

/// <summary>One of two things that are compared.</summary>
/// <param name="Files">Sha256 by path.</param>
/// <param name="Prefixes">Keys over all databases; null without a dataset.</param>
/// <param name="Digests">Null where they were not taken.</param>
internal sealed record InsideSide(
    string Name, IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, long>? Prefixes, KeyDigests? Digests, DotEnv Environment,
    ImmutableArray<string> Notes)
{
    private const string RedisData = RedisFinder.DataDirectory + "/";

    public static InsideSide Of(BackupId id, BackupContent content, DatasetLook? dataset) => new(
        id.ToString(),
        content.Entries.Where(entry => entry.Kind is EntryKind.File or EntryKind.HardLink && IsCompared(entry.Path))
            .Select(entry => (entry.Path, content.Find(content.Resolve(entry.Path))?.Sha256))
            .Where(file => file.Sha256 is not null).ToDictionary(file => file.Path, file => file.Sha256!, StringComparer.Ordinal),
        dataset?.Figures.Prefixes.ToDictionary(prefix => prefix.Prefix, prefix => prefix.Keys, StringComparer.Ordinal),
        dataset?.Digests,
        DotEnv.Parse(content.Texts.GetValueOrDefault(".env", "")),
        []);

    /// <summary>The deployment as it runs: one script for each way to its files, and its keys counted while it serves.</summary>
    public static async Task<InsideSide> OfAsync(IHost host, InspectedDeployment deployment, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var part in deployment.Files)
        {
            foreach (var (path, sha256) in await HashAsync(host, part, cancellationToken))
                files[part.InArchive(path)] = sha256;
            notes.AddRange(part.Tree.Unnameable.Select(name => $"not compared: {EntryPath.Shown(part.InArchive(name))}, whose name no list can carry"));
        }

        var counts = deployment.Redis is { } redis ? await KeyCensus.TakeAsync(host, redis, inService: true, cancellationToken) : null;
        var prefixes = counts?.Databases.Values.SelectMany(database => database.Prefixes)
            .GroupBy(prefix => prefix.Key).ToDictionary(group => group.Key, group => group.Sum(prefix => prefix.Value), StringComparer.Ordinal);
        return new InsideSide("live", files, prefixes, null, deployment.Environment, notes.ToImmutable());
    }

    /// <summary>Only what both sides can have: the dataset's files are never the same, and the guide is ours.</summary>
    private static bool IsCompared(string path) => !path.StartsWith(RedisData, StringComparison.Ordinal) && path != RecoveryGuide.Name;

    /// <summary>$1 the directory, then names in it. GNU and busybox alike.</summary>
    private const string HashScript = """
        cd "$1" || exit 66
        shift
        for n do
          shift
          if [ -e "./$n" ]; then set -- "$@" "./$n"; fi
        done
        [ $# -gt 0 ] || exit 0
        find "$@" -type f -exec sha256sum {} + 2>/dev/null
        exit 0
        """;

    public static HostCommand HashCommand(FileRoute route, IEnumerable<string> names) =>
        route.Run(HostCommand.ReadingScript(HashScript, [route.Root, .. names]));

    private static async Task<IEnumerable<(string Path, string Sha256)>> HashAsync(IHost host, PartFiles part, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(HashCommand(part.Route, part.Names), cancellationToken);
        var nameable = part.Tree.Entries.Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        return ParseHashes(result.Output).Where(file => nameable.Contains(file.Path));
    }

    /// <summary>GNU begins a line with a backslash where it escapes backslashes and line ends of a name.</summary>
    internal static IEnumerable<(string Path, string Sha256)> ParseHashes(string output)
    {
        foreach (var line in output.Split('\n'))
        {
            var isEscaped = line.StartsWith('\\');
            var text = isEscaped ? line[1..] : line;
            if (text.Length < 67 || !text[..64].All(char.IsAsciiHexDigitLower))
                continue;
            var path = isEscaped ? new StringBuilder(text[66..]).Replace("\\\\", "\0").Replace("\\n", "\n").Replace('\0', '\\').ToString() : text[66..];
            yield return (FileTree.Relative(path), text[..64]);
        }
    }
}
