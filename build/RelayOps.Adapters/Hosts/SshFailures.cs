using System.Globalization;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts;

internal enum HostKeyState
{
    Unknown,
    Changed,
    Revoked,
}

/// <summary>The errors of reaching a server, worded once for both clients.</summary>
internal static class SshFailures
{
    /// <param name="offered">Type and SHA256 fingerprint of the key that the server showed.</param>
    public static RelayOpsException HostKey(SshTarget target, string offered, HostKeyState state)
    {
        var port = target.Port is { } number and not 22 ? string.Create(CultureInfo.InvariantCulture, $"-p {number} ") : "";
        var pin = $"ssh-keyscan {port}{target.Host} >> ~/.ssh/known_hosts";
        return state switch
        {
            HostKeyState.Unknown => new($"{target} is not a known host", $"it shows {offered}, which no known_hosts entry vouches for",
                $"compare that fingerprint on the server itself (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then pin it: {pin}, or give --known-hosts",
                ExitStatus.NoConnection),
            HostKeyState.Changed => new($"the host key of {target} has changed", $"it now shows {offered}, and known_hosts has another one: a new machine, or somebody in between",
                $"find out why; only when it is right: ssh-keygen -R '{KnownName(target)}', then {pin}", ExitStatus.NoConnection),
            _ => new($"the host key of {target} is revoked", $"it shows {offered}, which known_hosts marks as @revoked",
                "give the server a new host key and pin that", ExitStatus.NoConnection),
        };
    }

    public static RelayOpsException Refused(SshTarget target, bool badPassphrase) => badPassphrase
        ? new($"cannot log in to {target}", "the private key is encrypted and the passphrase is missing or wrong", "give --ssh-key-passphrase", ExitStatus.NoConnection)
        : new($"cannot log in to {target}", "the server accepted none of our keys for this user",
            "check the user, put the public key into its ~/.ssh/authorized_keys, or give --ssh-key", ExitStatus.NoConnection);

    public static RelayOpsException UnknownName(SshTarget target) =>
        new($"cannot find {target.Host}", "its name does not resolve", "check --server and the name service", ExitStatus.NoConnection) { IsTransient = true };

    public static RelayOpsException Unreachable(SshTarget target, string why) =>
        new($"cannot connect to {target}", why, "check that the server is up, its address and port, and the firewall between", ExitStatus.NoConnection) { IsTransient = true };

    public static RelayOpsException Lost(SshTarget target, string why) =>
        new($"lost the connection to {target}", why, "run again; check the network and the server's load", ExitStatus.NoConnection) { IsTransient = true };

    private static string KnownName(SshTarget target) =>
        target.Port is { } port and not 22 ? string.Create(CultureInfo.InvariantCulture, $"[{target.Host}]:{port}") : target.Host;
}
