using RelayOps.Core.Hosts;

namespace RelayOps.Core.Deployments;

/// <summary>The commands that carry files off the server as one tar stream, without a copy there.</summary>
public static class TreeArchive
{
    /// <summary>
    /// The names come by standard input, one a line, files and links alone: nothing is walked twice, the order is ours,
    /// and sockets and devices never get in. A file that vanished is a line on standard error and a missing entry.
    /// GNU tar alone reads backslashes and leading dashes in such a list, and must be told not to. Some builds of busybox take no list:
    /// there xargs may make several archives, one behind the other.
    /// </summary>
    private const string Script = """
        cd "$1" || exit 66
        list() {
          if tar --version 2>/dev/null | grep -q GNU; then
            LC_ALL=C exec tar cf - --hard-dereference --no-recursion --no-unquote --verbatim-files-from -T -
          elif tar cf - -T /dev/null >/dev/null 2>&1; then
            exec tar cf - -T -
          else
            tr '\n' '\0' | xargs -0 tar cf -
          fi
        }
        case $2 in
          none) list ;;
          gzip) list | gzip -1 ;;
          zstd) list | zstd -q -1 -c ;;
        esac
        """;

    /// <param name="wireCodec"><c>none</c>, <c>gzip</c> or <c>zstd</c>.</param>
    public static HostCommand Command(string root, string wireCodec) => HostCommand.ReadingScript(Script, root, wireCodec);
}
