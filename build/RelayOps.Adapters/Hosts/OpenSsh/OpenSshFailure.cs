using System.Text.RegularExpressions;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.OpenSsh;

/// <summary>What the client's own words mean. The words are those of OpenSSH 7.x to 10.x, which has no translations.</summary>
internal static partial class OpenSshFailure
{
    /// <param name="log">What ssh -v wrote.</param>
    public static RelayOpsException Connecting(SshTarget target, string log)
    {
        var said = LastWords(log);
        if (said.Contains("Host key verification failed", StringComparison.Ordinal))
            return HostKey(target, log);
        if (said.Contains("UNPROTECTED PRIVATE KEY", StringComparison.Ordinal) || log.Contains("are too open", StringComparison.Ordinal))
            return new RelayOpsException($"cannot log in to {target}", "others may read the private key file, so ssh ignores it", "chmod 600 the key file", ExitStatus.NoConnection);
        if (said.Contains("Permission denied", StringComparison.Ordinal) || said.Contains("Too many authentication failures", StringComparison.Ordinal))
            return SshFailures.Refused(target, IsLocked(log));
        if (said.Contains("Could not resolve hostname", StringComparison.Ordinal))
            return SshFailures.UnknownName(target);
        return SshFailures.Unreachable(target, said.Length == 0 ? "ssh ended without a word" : said);
    }

    /// <summary>What it said besides its debugging lines.</summary>
    public static string LastWords(string log) => string.Join("; ", log
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith("debug", StringComparison.Ordinal) && !line.StartsWith("OpenSSH_", StringComparison.Ordinal)
            && !line.StartsWith("Authenticated to ", StringComparison.Ordinal) && !line.StartsWith("Transferred: ", StringComparison.Ordinal)
            && !line.StartsWith("Bytes per second: ", StringComparison.Ordinal))
        .TakeLast(3));

    /// <summary>The server took the public half, and yet nothing was signed: the private half stayed closed.</summary>
    private static bool IsLocked(string log) =>
        log.Contains("Server accepts key: ", StringComparison.Ordinal) && !log.Contains("signing failed", StringComparison.Ordinal);

    private static RelayOpsException HostKey(SshTarget target, string log)
    {
        var offered = ServerKey().Matches(log).LastOrDefault();
        var changed = log.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal);
        var revoked = log.Contains("REVOKED HOST KEY", StringComparison.Ordinal);
        var key = offered is null ? "a key it did not show" : $"{offered.Groups[1].Value} {offered.Groups[2].Value}";
        return SshFailures.HostKey(target, key, revoked ? HostKeyState.Revoked : changed ? HostKeyState.Changed : HostKeyState.Unknown);
    }

    [GeneratedRegex(@"Server host key: (\S+) (SHA256:\S+)")]
    private static partial Regex ServerKey();
}
