using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What both ends of one transfer said.</summary>
/// <param name="Read">The exit status of the command that was read from.</param>
/// <param name="Link">The exit status of ssh: the receiving command's, or 255 for the link itself.</param>
/// <param name="Bytes">Sent, as ssh counted them.</param>
/// <param name="Said">By the receiving command on its standard output.</param>
/// <param name="Log">By ssh and the receiving command on standard error.</param>
/// <param name="Errors">By the command that was read from.</param>
internal sealed partial record DirectAnswer(int Read, int Link, long Bytes, string Said, string Log, string Errors)
{
    private const int LinkFailed = 255;

    public bool HasArrived => Link == 0;

    public bool IsWrongHostKey => Link == LinkFailed && Log.Contains("Host key verification failed", StringComparison.Ordinal);

    /// <summary>SHA256:… of the key that was shown; null where ssh does not tell it.</summary>
    public string? ShownKey => Fingerprint().Match(Log) is { Success: true } match ? match.Value.TrimEnd('.') : null;

    /// <summary>The last thing that was said of a failure, by ssh and the other end rather than by this one; ssh's own reports are none.</summary>
    public string Why => Last(Log) ?? Last(Errors) ?? (Link == LinkFailed ? "ssh ended without a word" : $"it ended with status {Link}");

    public static DirectAnswer Parse(IEnumerable<string> lines, string errors)
    {
        var said = lines.Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        int Status(string name) => int.TryParse(said[name].LastOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : LinkFailed;
        var log = string.Join('\n', said["ssh"]);
        var bytes = Transferred().Match(log) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return new DirectAnswer(Status("read"), Status("link"), bytes, string.Join('\n', said["said"]), log, errors);
    }

    private static string? Last(string said) =>
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(line => !Report().IsMatch(line));

    [GeneratedRegex(@"SHA256:\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Fingerprint();

    [GeneratedRegex(@"Transferred: sent ([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Transferred();

    [GeneratedRegex("^(Authenticated to |Transferred: |Bytes per second: |Authenticating to )", RegexOptions.CultureInvariant)]
    private static partial Regex Report();
}

/// <summary>One command of the old server read by one of the new server, over ssh between the two.</summary>
/// <param name="directory">Of the key, on the old server.</param>
internal sealed class DirectSend(string directory, string user, SshAddress address)
{
    /// <summary>What the old server knows the new one by: the name in its list of known hosts, which is there for this alone.</summary>
    public const string KnownAs = "relayops-new-server";

    /// <summary>
    /// $1 the key's directory, $2 the number of what is to be done there, $3 how it is packed, $4 words of ssh, they, then the command. Prints how
    /// far it is whenever it got further, so that a transfer that stands still is seen to; what was said at last. What tells it ends with this script,
    /// however that ended.
    /// </summary>
    private const string Script = """
        cd "$1" || exit 66
        n=$2 pack=$3 words=$4
        shift 4
        ssh=
        while [ "$words" -gt 0 ]; do ssh="$ssh $1"; shift; words=$((words - 1)); done
        far() {
          at=
          while kill -0 "$$" && sleep 1 >/dev/null; do
            now=$(sed -n 's/^rchar: //p' "/proc/$(cat "$n.pid" 2>/dev/null)/io" 2>/dev/null)
            if [ -n "$now" ] && [ "$now" != "$at" ]; then at=$now; echo "at $at"; fi
          done
        }
        far 2>/dev/null &
        far=$!
        { "$@"; echo "$?" > "$n.read"; } | sh -c 'echo "$$" > "$1"; shift; exec "$@"' sh "$n.pid" $pack | $ssh "$n" > "$n.said" 2> "$n.ssh"
        link=$?
        kill "$far" 2>/dev/null
        { cat "$n.said"; echo; } | sed 's/^/said /'
        { cat "$n.ssh"; echo; } | sed 's/^/ssh /'
        echo "read $(cat "$n.read")"
        echo "link $link"
        rm -f "$n".*
        """;

    public HostCommand Command(string number, string codec, HostCommand from) =>
        HostCommand.ChangingScript(Script, [directory, number, Pack(codec), .. Ssh(), from.Program, .. from.Arguments]) with { Waits = from.Waits };

    /// <summary>What the receiving end runs.</summary>
    public static string Unpacking(string codec, HostCommand into) => codec switch
    {
        "zstd" => $"zstd -q -d -c | {into}\n",
        "gzip" => $"gzip -d -c | {into}\n",
        _ => $"{into}\n",
    };

    public static byte[] KnownHosts(SshAddress address) => Encoding.ASCII.GetBytes(string.Concat(address.HostKeys.Select(key => $"{KnownAs} {key}\n")));

    private static string Pack(string codec) => codec switch { "zstd" => "zstd -q -1 -c", "gzip" => "gzip -1 -c", _ => "cat" };

    /// <summary>Nothing of the old server's own configuration, keys and agents: this key, these host keys, and no question.</summary>
    private IEnumerable<string> Ssh()
    {
        string[] words = ["ssh", "-F", "/dev/null", "-T", "-a", "-x", "-e", "none", "-i", "key", "-l", user, "-p", address.Port.ToString(CultureInfo.InvariantCulture),
            .. new[] { "IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes", "UserKnownHostsFile=known_hosts", "GlobalKnownHostsFile=/dev/null",
                $"HostKeyAlias={KnownAs}", "CheckHostIP=no", "UpdateHostKeys=no", "VerifyHostKeyDNS=no", "PreferredAuthentications=publickey", "ControlPath=none",
                "ConnectTimeout=10", "ServerAliveInterval=10", "ServerAliveCountMax=3", "LogLevel=VERBOSE" }.SelectMany(option => new[] { "-o", option }),
            "--", address.Host];
        return [words.Length.ToString(CultureInfo.InvariantCulture), .. words];
    }
}
