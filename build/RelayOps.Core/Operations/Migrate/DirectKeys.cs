using System.Collections.Immutable;
using System.Text.RegularExpressions;
using RelayOps.Core.Hosts;
using RelayOps.Core.Reporting;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// The key pair of a direct link, as commands: made on the old server for one migration, admitted on the new one for what this migration allows
/// and nothing else, and taken away on both. Its comment is its mark, by which a later migration knows what one that was killed left behind.
/// </summary>
/// <param name="id">Of the deployment on the old server: one migration of it runs at a time.</param>
internal sealed partial class DirectKeys(string id)
{
    /// <summary>A line that nobody came back to remove is worth nothing after this time.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);

    /// <summary>
    /// In memory where the server has a place there. What bears the name and belongs to somebody else cannot be removed, and is not used.
    /// $1 id, $2 the deployment's directory; known hosts by standard input. Prints the directory and the public key.
    /// </summary>
    private const string MakeScript = """
        umask 077
        for t in ssh ssh-keygen; do
          command -v "$t" >/dev/null 2>&1 || { echo "it has no $t" >&2; exit 69; }
        done
        for d in /dev/shm "$2/.relayops"; do
          k=$d/relayops-direct-$1
          rm -rf "$k" 2>/dev/null
          if mkdir -m 700 "$k" 2>/dev/null; then break; fi
          k=
        done
        [ -n "$k" ] || { echo 'there is no place for a key' >&2; exit 73; }
        cat > "$k/known_hosts" && ssh-keygen -q -t ed25519 -N '' -C "relayops-direct-$1" -f "$k/key" </dev/null >&2 || exit 74
        printf '%s\n' "$k"
        cat "$k/key.pub"
        """;

    /// <summary>$1 id, $2 the deployment's directory. Prints what was there.</summary>
    private const string ForgetScript = """
        for k in "/dev/shm/relayops-direct-$1" "$2/.relayops/relayops-direct-$1"; do
          [ -O "$k" ] || continue
          rm -rf "$k" && echo "$k" || exit 74
        done
        """;

    /// <summary>
    /// What becomes of authorized_keys: a copy beside it with the same owner and mode, renamed over it. Nothing but our own line may be missing in
    /// it, and when somebody else wrote meanwhile, it is made anew. A link stays one. $1 the line to add; without it ours is removed.
    /// </summary>
    private const string ChangeFunction = """
        LC_ALL=C
        export LC_ALL
        umask 077
        id=$1
        d=.ssh/relayops-direct-$id f=.ssh/authorized_keys
        cd "$HOME" || exit 66
        if [ -L "$f" ]; then f=$(readlink -f "$f") || exit 74; fi
        others() { sed "/ relayops-direct-$id\$/d" "$1"; }
        change() {
          n=$f.relayops-$id
          for n_th in 1 2 3 4 5; do
            was=$(cksum < "$f") && cp -p "$f" "$n" && others "$f" > "$n" || return 74
            if [ -s "$n" ] && [ -n "$(tail -c 1 "$n")" ]; then echo >> "$n" || return 74; fi
            [ -z "$1" ] || printf '%s\n' "$1" >> "$n" || return 74
            [ "$(others "$n" | tr -d '\n' | cksum)" = "$(others "$f" | tr -d '\n' | cksum)" ] || return 74
            if [ "$(cksum < "$f")" = "$was" ]; then mv -f "$n" "$f"; return; fi
          done
          return 75
        }

        """;

    /// <summary>$1 id, $2 seconds that the line is good for, $3 what it runs; the public key by standard input.</summary>
    private const string AdmitScript = ChangeFunction + """
        IFS= read -r key || exit 65
        made=
        if [ ! -d .ssh ]; then mkdir -m 700 .ssh && made=.ssh || exit 74; fi
        rm -rf "$d" && mkdir -m 700 "$d" && printf '%s\n' "$3" > "$d/take" || exit 74
        if [ ! -e "$f" ]; then : > "$f" && made="$made keys" || exit 74; fi
        printf '%s\n' "$made" > "$d/made" || exit 74
        [ "$(stat -c %u "$f")" = "$(id -u)" ] || { echo "$f is somebody else's file" >&2; exit 77; }
        until=$(date -d "@$(( $(date +%s) + $2 ))" +%Y%m%d%H%M) || exit 74
        change "restrict,expiry-time=\"$until\",command=\"sh $d/take\" $key"
        status=$?
        rm -f "$f.relayops-$id"
        exit "$status"
        """;

    /// <summary>$1 id. Prints what was there; what is not ours stays.</summary>
    private const string DismissScript = """
        [ -d "$HOME/.ssh" ] || exit 0

        """ + ChangeFunction + """
        if [ -f "$f" ] && grep -q " relayops-direct-$id\$" "$f"; then
          change ''
          status=$?
          rm -f "$f.relayops-$id"
          [ "$status" = 0 ] || exit "$status"
          echo "$f"
        fi
        [ -d "$d" ] || exit 0
        made=$(cat "$d/made" 2>/dev/null)
        rm -rf "$d" || exit 74
        case $made in *keys) [ -s "$f" ] || rm -f "$f" ;; esac
        case $made in .ssh*) rmdir .ssh 2>/dev/null ;; esac
        echo "$d"
        """;

    /// <summary>
    /// What the key's holder may have done: what lies ready under the number that it names, and that once. Whoever holds the connection from the
    /// operator's machine alone puts something there.
    /// </summary>
    private const string TakeScript = """
        no() { echo 'this key may not do that' >&2; exit 126; }
        case $SSH_ORIGINAL_COMMAND in ''|*[!0-9]*) no ;; esac
        d=${0%/*}
        mv "$d/$SSH_ORIGINAL_COMMAND" "$d/taken.$$" 2>/dev/null || no
        line=$(cat "$d/taken.$$") && rm -f "$d/taken.$$" || no
        eval "$line"
        """;

    /// <summary>$1 id, $2 number; the line by standard input.</summary>
    private const string AllowScript = """
        umask 077
        cd "$HOME/.ssh/relayops-direct-$1" && cat > "$2.new" && mv -f "$2.new" "$2"
        """;

    public HostCommand MakeCommand(string deploymentPath) => HostCommand.ChangingScript(MakeScript, id, deploymentPath);

    public HostCommand AdmitCommand =>
        HostCommand.ChangingScript(AdmitScript, id, Lifetime.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture), TakeScript);

    public HostCommand AllowCommand(string number) => HostCommand.ChangingScript(AllowScript, id, number);

    public HostCommand ForgetCommand(string deploymentPath) => HostCommand.ChangingScript(ForgetScript, id, deploymentPath);

    public HostCommand DismissCommand => HostCommand.ChangingScript(DismissScript, id);

    /// <summary>A server's word for a key becomes a line of another server's authorized_keys: it is exactly that, or nothing.</summary>
    public bool IsPublicKey(string line) => PublicKey().Match(line) is { Success: true } match && match.Groups["id"].Value == id;

    /// <summary>Takes the key away on both. What cannot be removed is told: the line on the new server ends by itself after two days.</summary>
    /// <returns>What was there.</returns>
    public async Task<ImmutableArray<string>> ClearAsync(IHost old, string deploymentPath, IHost @new, IReporter reporter, CancellationToken cancellationToken)
    {
        // The line first: without it the key opens nothing.
        var there = await ClearAsync(@new, DismissCommand, reporter, cancellationToken);
        return [.. there, .. await ClearAsync(old, ForgetCommand(deploymentPath), reporter, cancellationToken)];
    }

    private static async Task<ImmutableArray<string>> ClearAsync(IHost host, HostCommand command, IReporter reporter, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(command, cancellationToken);
        if (!result.Succeeded)
            reporter.Warn($"what --direct had left on {host.Name} could not be removed: {FirstLine.Of(result.Exit.Error)}; by hand: lines of ~/.ssh/authorized_keys and files that are named relayops-direct");
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{line} on {host.Name}")];
    }

    [GeneratedRegex("^ssh-ed25519 [A-Za-z0-9+/]+=* relayops-direct-(?<id>[0-9a-f]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex PublicKey();
}
