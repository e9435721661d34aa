using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>Looks around on a server in one round trip, whether there is a deployment or not; reads, and nothing else.</summary>
public static class ServerLook
{
    /// <summary>$1 the deployment's directory. With sudo where that goes without a password, since much of this is root's. GNU and busybox alike.</summary>
    private const string Script = """
        p=$1
        case $p in '~') p=$HOME ;; '~/'*) p=$HOME/${p#??} ;; esac
        say() { printf '%s=%s\n' "$1" "$2"; }
        as=
        if sudo -n true 2>/dev/null; then say sudo yes; as='sudo -n'; fi
        say user "$(id -un)"; say now "$(date +%s)"
        if cd "$p" 2>/dev/null; then inside=yes; else inside=; cd || cd /; fi
        say disk "$(df -Pk . 2>/dev/null | awk 'END { print $2, $4 }')"
        say inodes "$(df -Pi . 2>/dev/null | awk 'END { print $2, $4 }')"
        say memory "$(awk '/^MemTotal:/ { t = $2 } /^MemAvailable:/ { a = $2 } END { print t, a }' /proc/meminfo 2>/dev/null)"
        say load "$(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null)"
        say cores "$(grep -c ^processor /proc/cpuinfo 2>/dev/null)"
        say overcommit "$(cat /proc/sys/vm/overcommit_memory 2>/dev/null)"
        say pages "$(cat /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null)"
        for t in tar find stat awk sed df du cat mv sync gzip zstd; do
          if command -v "$t" >/dev/null 2>&1; then say tool "$t"; fi
        done
        [ -n "$inside" ] || exit 0
        if [ -w . ]; then say writable yes; fi
        if [ -e .relayops/journal.json ]; then say journal yes; fi
        if [ -d .relayops/lock ]; then
          say lock "$(( $(date +%s) - $($as stat -c %Y .relayops/lock/token 2>/dev/null || stat -c %Y .relayops/lock) ))"
          say owner "$($as cat .relayops/lock/owner 2>/dev/null | head -n 1)"
        fi
        for f in .relayops/staging-*; do if [ -d "$f" ]; then say staging "$f"; fi; done
        for f in *.bak.*; do
          if [ -e "$f" ]; then say aside "$($as du -sk "$f" 2>/dev/null | cut -f 1) $f"; fi
        done
        for f in .env data/init.json; do
          m=$($as stat -c '%a %U' "$f" 2>/dev/null) && say mode "$m $f"
        done
        own=$(stat -c %d .)
        for f in redis_data data logs; do
          if [ -d "$f" ] && [ "$(stat -c %d "$f")" != "$own" ]; then say mount "$f"; fi
        done
        exit 0
        """;

    public static HostCommand Command(string deploymentPath) => HostCommand.ReadingScript(Script, deploymentPath);

    public static async Task<ServerFacts> TakeAsync(IHost host, string deploymentPath, TimeProvider time, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow();
        var result = await host.RunAsync(Command(deploymentPath), cancellationToken);
        // The server read its clock somewhere in between.
        return Parse(result.Output, before + (time.GetUtcNow() - before) / 2, host.Name);
    }

    /// <param name="now">This machine's time when the server said its own.</param>
    public static ServerFacts Parse(string output, DateTimeOffset now, string hostName)
    {
        var said = output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        string One(string name) => said[name].FirstOrDefault() ?? "";
        if (Number(One("now")) is not (> 0 and var clock))
            throw new RelayOpsException($"cannot look around on {hostName}", "its shell did not run a plain POSIX script",
                "log in by hand and check the user's shell and PATH", ExitStatus.WrongUse);
        var (disk, inodes, memory) = (Pair(One("disk")), Pair(One("inodes")), Pair(One("memory")));
        return new ServerFacts
        {
            User = One("user"),
            CanSudo = One("sudo").Length > 0,
            // Whole seconds: what is less than one is none.
            ClockSkew = DateTimeOffset.FromUnixTimeSeconds(clock) - now is var skew && skew.Duration() < TimeSpan.FromSeconds(2) ? TimeSpan.Zero : skew,
            TotalBytes = disk.First << 10,
            FreeBytes = disk.Second << 10,
            FreeInodes = inodes.First > 0 ? (double)inodes.Second / inodes.First : null,
            MemoryTotal = memory.First << 10,
            MemoryAvailable = memory.Second << 10,
            Load = double.TryParse(One("load"), CultureInfo.InvariantCulture, out var load) ? load : 0,
            Cores = (int)Number(One("cores")),
            Overcommit = int.TryParse(One("overcommit"), CultureInfo.InvariantCulture, out var overcommit) ? overcommit : null,
            HugePages = One("pages") is { Length: > 0 } pages ? pages : null,
            Tools = [.. said["tool"]],
            LockAge = said["lock"].Any() ? Number(One("lock")) : null,
            LockOwner = One("owner") is { Length: > 0 } owner ? owner : null,
            HasJournal = said["journal"].Any(),
            Staging = [.. said["staging"]],
            Aside = said["aside"].Select(line => line.Split(' ', 2)).Where(words => words.Length == 2)
                .ToImmutableDictionary(words => words[1], words => Number(words[0]) << 10),
            IsWritable = said["writable"].Any(),
            MountPoints = [.. said["mount"]],
            Modes = said["mode"].Select(line => line.Split(' ', 3)).Where(words => words.Length == 3)
                .ToImmutableDictionary(words => words[2], words => new OwnedMode(Octal(words[0]), words[1])),
        };
    }

    private static (long First, long Second) Pair(string text) =>
        text.Split(' ') is [var first, var second] ? (Number(first), Number(second)) : (0, 0);

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static int Octal(string text) => text.Length > 0 && text.All(c => c is >= '0' and <= '7') ? Convert.ToInt32(text, 8) & 0xFFF : 0;
}
