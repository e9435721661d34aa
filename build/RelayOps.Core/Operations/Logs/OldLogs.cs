using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Logs;

/// <summary>A log that is older than the limit.</summary>
/// <param name="Path">Below <c>logs</c>, for people: a line end in it is shown as a question mark.</param>
/// <param name="Bytes">That it takes on the disk.</param>
public sealed record OldLog(string Path, long Bytes);

/// <summary>What became of the old logs.</summary>
/// <param name="Freed">Removed, or in a dry run what would be.</param>
/// <param name="Open">Left alone, because a process has them open.</param>
/// <param name="Recent">Left alone, because who has them open could not be found out, and they changed within a day.</param>
/// <param name="Failed">Could not be removed.</param>
/// <param name="SeesEveryProcess">Whether the open files of every process could be looked at.</param>
public sealed record LogCleanup(
    ImmutableArray<OldLog> Freed, ImmutableArray<OldLog> Open, ImmutableArray<OldLog> Recent, ImmutableArray<OldLog> Failed, bool SeesEveryProcess)
{
    public long FreedBytes => Freed.Sum(log => log.Bytes);
}

/// <summary>Finds and removes old logs on the server, in one script: names never leave it to come back as a command.</summary>
public static class OldLogs
{
    /// <summary>
    /// $1 the deployment's directory, $2 minutes, $3 <c>list</c> or <c>remove</c>. Logs by name: <c>.log</c>, <c>.log.gz</c>, numbered ones, and the hidden
    /// audit files of the rotation. A file that somebody has open is known by device and inode, whatever it is called. Only below
    /// <c>logs</c>, and no link is followed. GNU and busybox alike.
    /// </summary>
    private const string Script = """
        cd "$1" || exit 66
        if [ -L logs ] || [ ! -d logs ]; then echo 'none'; exit 0; fi
        cd logs || exit 66
        old() {
          find . -xdev -type f \( -name '*.log' -o -name '*.log.gz' -o -name '*.log.[0-9]*' -o -name '.*-audit.json' -o -name '.*-audit.log.json' \) -mmin "+$minutes" "$@"
        }
        minutes=$2 mode=$3
        ids=$(old -exec stat -c '%d:%i' {} + 2>/dev/null | sort -u)
        seen=yes
        for p in /proc/[0-9]*; do
          if [ ! -r "$p/fd" ] && [ -d "$p" ]; then seen=no; fi
        done
        ls /proc/1/fd >/dev/null 2>&1 || seen=no
        printf 'seen %s\n' "$seen"
        busy=$({ printf '%s\n' "$ids"; echo =; find /proc/[0-9]*/fd -type l -exec stat -L -c '%d:%i' {} + 2>/dev/null; } |
          awk '$0 == "=" { open = 1; next } !open { old[$0] = 1; next } $0 in old { delete old[$0]; printf "%s ", $0 }')
        [ "${#busy}" -lt 100000 ] || exit 67
        old -exec sh -c '
          busy=$1 seen=$2 mode=$3 now=$4
          shift 4
          for f do
            s=$(stat -c "%d:%i %b %B %Y" "$f") || continue
            set -f; set -- $s; set +f
            size=$(( $2 * $3 ))
            name=$(printf "%s" "${f#./}" | tr "\n" "?")
            how=freed
            case " $busy" in *" $1 "*) how=open ;; esac
            if [ "$how" = freed ] && [ "$seen" = no ] && [ "$(( now - $4 ))" -lt 86400 ]; then how=recent; fi
            if [ "$how" = freed ] && [ "$mode" = remove ]; then rm -f -- "$f" 2>/dev/null || how=failed; fi
            printf "%s %s %s\n" "$how" "$size" "$name"
          done' sh "$busy" "$seen" "$mode" "$(date +%s)" {} +
        exit 0
        """;

    public static HostCommand ListCommand(FileRoute route, int days) => route.Run(HostCommand.ReadingScript(Script, route.Root, Minutes(days), "list"));

    public static HostCommand RemoveCommand(FileRoute route, int days) => route.Run(HostCommand.ChangingScript(Script, route.Root, Minutes(days), "remove"));

    /// <summary>Null for what is no such output.</summary>
    public static LogCleanup? Parse(string output)
    {
        var found = new List<(string How, OldLog Log)>();
        bool? seen = null;
        foreach (var words in output.Split('\n').Select(line => line.Split(' ', 3)))
        {
            if (words is ["none"])
                seen = true;
            else if (words is ["seen", var answer])
                seen = answer == "yes";
            else if (words.Length == 3 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
                found.Add((words[0], new OldLog(words[2], bytes)));
        }

        ImmutableArray<OldLog> Those(string how) =>
            [.. found.Where(one => one.How == how).Select(one => one.Log).OrderBy(log => log.Path, StringComparer.Ordinal)];
        return seen is { } sees ? new LogCleanup(Those("freed"), Those("open"), Those("recent"), Those("failed"), sees) : null;
    }

    private static string Minutes(int days) => (days * 1440L).ToString(CultureInfo.InvariantCulture);
}
