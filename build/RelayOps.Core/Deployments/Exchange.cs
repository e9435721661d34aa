using System.Collections.Immutable;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>One name in the deployment's directory and what takes its place. All paths are relative to the directory.</summary>
/// <param name="Name">E.g. <c>redis_data</c>.</param>
/// <param name="Source">What gets the name; null where nothing does.</param>
/// <param name="Aside">What the present holder of the name is called from then on, e.g. <c>redis_data.bak.20250805_142530</c>.</param>
public sealed record ExchangedItem(string Name, string? Source, string Aside);

/// <summary>
/// Puts new files in the place of old ones, and back, by renames alone. How far it came is seen from the names that are there, so either
/// direction may be broken off anywhere and begun again.
/// </summary>
public static class Exchange
{
    /// <summary>The watchdog has taken over; nothing was done.</summary>
    public const int TakenOver = 75;

    /// <summary>Somebody has the files open.</summary>
    public const int InUse = 73;

    /// <summary>What is renamed last is the data of Redis: the most dangerous step comes at the end.</summary>
    public static ImmutableArray<ExchangedItem> InOrder(IEnumerable<ExchangedItem> items) =>
        [.. items.OrderBy(item => item.Name == RedisFinder.DataDirectory).ThenBy(item => item.Name, StringComparer.Ordinal)];

    private const string Common = """
        cd "$1" || exit 66
        shift
        there() { [ -e "$1" ] || [ -L "$1" ]; }
        settle() { sync . .relayops 2>/dev/null || sync; }
        record() { printf '%s\n' "$1" > .relayops/journal.new && { sync .relayops/journal.new 2>/dev/null || sync; } && mv -f .relayops/journal.new .relayops/journal.json && settle; }

        """;

    /// <summary>
    /// $1 directory, $2 journal before, $3 journal after, $4 the directory nobody may have open (or -), then name, source (or -) and aside of
    /// each item. Open files are known by device and inode: a container sees the same file under another path.
    /// </summary>
    private const string ForwardScript = Common + """
        before=$1 after=$2 closed=$3
        shift 3
        if [ -e .relayops/watch/undoing ]; then exit 75; fi
        if [ -d "$closed" ]; then
          find "$closed" -exec stat -c '%d:%i' {} + > .relayops/inodes || exit 74
          find /proc/[0-9]*/fd /proc/[0-9]*/cwd -type l -exec stat -L -c '%d:%i %n' {} + 2>/dev/null \
            | awk 'NR == FNR { mine[$1]; next } $1 in mine { print $2 }' .relayops/inodes - > .relayops/holders || exit 74
          holder=$(head -n 1 .relayops/holders)
          rm -f .relayops/inodes .relayops/holders
          if [ -n "$holder" ]; then
            pid=${holder#/proc/}; pid=${pid%%/*}
            echo "$closed is open in process $pid ($(tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | cut -c1-40))" >&2
            exit 73
          fi
        fi
        record "$before" || exit 74
        while [ $# -ge 3 ]; do
          if there "$3"; then echo "$3 is there already" >&2; exit 74; fi
          if there "$1"; then mv "$1" "$3" || exit 74; fi
          if [ "$2" != - ]; then
            case $1 in */*) mkdir -p "${1%/*}" ;; esac
            mv "$2" "$1" || exit 74
          fi
          shift 3
        done
        settle
        record "$after" || exit 74
        """;

    /// <summary>
    /// $1 directory, $2 stamp for what nobody knows, $3 whether sources are copies, then the items as for going forward. Prints each name it put
    /// back. Where nothing was put aside, what has a name whose source is gone is the new, that has taken a free name; unless sources are
    /// copies: then a source that is not there was not made yet, and what has the name is the original.
    /// </summary>
    private const string BackScript = Common + """
        stamp=$1 copies=$2
        shift 2
        while [ $# -ge 3 ]; do
          if there "$3"; then
            if there "$1"; then
              if [ "$2" = - ] || there "$2"; then mv "$1" "$1.stray.$stamp" || exit 74
              else mv "$1" "$2" || exit 74
              fi
            fi
            mv "$3" "$1" || exit 74
            echo "$1"
          elif [ "$copies" = no ] && [ "$2" != - ] && there "$1" && ! there "$2"; then
            case $2 in */*) mkdir -p "${2%/*}" ;; esac
            mv "$1" "$2" || exit 74
            echo "$1"
          fi
          shift 3
        done
        settle
        """;

    /// <param name="before">The journal as it must stand before the first rename.</param>
    /// <param name="after">And after the last.</param>
    /// <param name="closed">The data directory of a Redis that was stopped; null where none is exchanged.</param>
    public static HostCommand Forward(string directory, IEnumerable<ExchangedItem> items, string? closed, string before, string after) =>
        HostCommand.ChangingScript(ForwardScript, [directory, before, after, closed ?? "-", .. Words(items)]);

    /// <summary>In the opposite order.</summary>
    /// <param name="copies">The sources are copies of what had the names.</param>
    public static HostCommand Back(string directory, IEnumerable<ExchangedItem> items, string stamp, bool copies) =>
        HostCommand.ChangingScript(BackScript, [directory, stamp, copies ? "yes" : "no", .. Words(items.Reverse())]);

    private static IEnumerable<string> Words(IEnumerable<ExchangedItem> items) =>
        items.SelectMany(item => new[] { item.Name, item.Source ?? "-", item.Aside });
}
