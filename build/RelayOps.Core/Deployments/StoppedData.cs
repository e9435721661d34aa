using System.Globalization;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Deployments;

/// <summary>
/// Copies of the data as they are when nothing runs any more. What is started next works on the copy, whatever it makes of it; the original
/// is put aside untouched, with every write up to the stop.
/// </summary>
public static class StoppedData
{
    /// <summary>
    /// $1 directory, $2 staging, then the names. Blocks are shared where the file system can; the copy reaches the disk before it counts as data.
    /// </summary>
    private const string CopyScript = """
        cd "$1" && mkdir -p "$2" && chmod 700 "$2" || exit 74
        staging=$2
        shift 2
        for name do
          cp -a --reflink=auto "$name" "$staging/" 2>/dev/null && continue
          rm -rf "$staging/${name:?}"
          cp -a "$name" "$staging/" || exit 74
        done
        sync "$staging" 2>/dev/null
        sync
        """;

    /// <summary>One line for each name that is there: its size in KiB, or <c>link</c>, and the name.</summary>
    private const string MeasureScript = """
        cd "$1" || exit 66
        shift
        for name do
          if [ -L "$name" ]; then printf 'link %s\n' "$name"
          elif [ -d "$name" ]; then printf '%s %s\n' "$(du -sk "$name" | cut -f 1)" "$name"
          fi
        done
        """;

    public static HostCommand CopyCommand(string directory, string staging, IEnumerable<string> names) =>
        HostCommand.ChangingScript(CopyScript, [directory, staging, .. names]);

    public static HostCommand MeasureCommand(string directory, params ReadOnlySpan<string> names) =>
        HostCommand.ReadingScript(MeasureScript, [directory, .. names]);

    /// <summary>Names that are there, and their bytes on disk.</summary>
    /// <exception cref="RelayOpsException">One is a link: a rename would put the link aside, not what it leads to (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<IReadOnlyDictionary<string, long>> MeasureAsync(
        IHost host, FileRoute owner, string[] names, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(owner.Run(MeasureCommand(owner.Root, names)), cancellationToken);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).ToList();
        if (!result.Succeeded || lines.Count == 0)
            throw new RelayOpsException($"cannot measure the data in {owner.Root} on {host.Name}", FirstLine.Of(result.Exit.Error), "look at the deployment's directory");
        if (lines.FirstOrDefault(words => words[0] == "link") is [_, var link])
            throw new RelayOpsException($"cannot put {link} aside on {host.Name}", "it is a symbolic link",
                "put the directory itself in its place, or mount it there", ExitStatus.WrongUse);
        return lines.ToDictionary(words => words[1], words => long.Parse(words[0], CultureInfo.InvariantCulture) << 10);
    }
}
