using System.Globalization;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.OpenSsh;

/// <summary>The client's command lines. Options on the command line win over the user's configuration.</summary>
internal sealed class OpenSshOptions(SshConnection connection, PrivateDirectory directory)
{
    public const string PassphraseVariable = "RELAYOPS_KEY_PASSPHRASE";

    /// <summary>What the connection's own process has to say, apart from what commands print.</summary>
    public string Log => Path.Combine(directory.Path, "log");

    private string Socket => Path.Combine(directory.Path, "c");

    /// <summary>The connection itself. It ends with its own command, the keeper, however that comes about.</summary>
    public IEnumerable<string> Connect(string line)
    {
        List<string> words = ["-v", "-E", Log, "-T", "-a", "-x", "-M", "-S", Socket, "-e", "none"];
        foreach (var option in Fixed())
            words.AddRange(["-o", option]);
        if (connection.Key is { } key)
            words.AddRange(["-o", "IdentitiesOnly=yes", "-i", Escape(KeyFile(key))]);
        if (connection.KnownHosts is { } hosts)
            words.AddRange(["-o", $"UserKnownHostsFile=\"{Escape(directory.Write("known_hosts", SshText.KnownHosts(hosts)))}\"", "-o", "GlobalKnownHostsFile=/dev/null"]);
        if (connection.Target.User is { } user)
            words.AddRange(["-l", user]);
        if (connection.Target.Port is { } port)
            words.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        return [.. words, "--", connection.Target.Host, line];
    }

    /// <summary>
    /// A command within the connection. Without it ssh would quietly connect anew, outside the keeper's sight: the proxy command that
    /// fails makes that impossible. The host's name is not used here.
    /// </summary>
    public string[] Command(string line, string log) =>
    [
        "-F", "/dev/null", "-T", "-a", "-x", "-S", Socket, "-e", "none", "-vv", "-E", log, "-o", "ControlMaster=no", "-o", "ProxyCommand=false",
        "-o", "BatchMode=yes", "--", "relayops", line,
    ];

    /// <summary>Whether the connection is still there.</summary>
    public string[] Check() => ["-F", "/dev/null", "-S", Socket, "-O", "check", "--", "relayops"];

    /// <summary>A passphrase reaches ssh through its askpass program and the environment, never through an argument or a file.</summary>
    public void AddEnvironment(IDictionary<string, string?> environment)
    {
        if (connection.KeyPassphrase is not { } passphrase)
            return;
        environment["SSH_ASKPASS"] = directory.Write("askpass", $"#!/bin/sh\nprintf '%s\\n' \"${PassphraseVariable}\"\n", executable: true);
        environment["SSH_ASKPASS_REQUIRE"] = "force";
        environment["DISPLAY"] = ":0";
        environment[PassphraseVariable] = passphrase;
    }

    private IEnumerable<string> Fixed()
    {
        var timeouts = connection.Timeouts;
        return
        [
            // ssh skips askpass in batch mode; all other prompts are ruled out below.
            connection.KeyPassphrase is null ? "BatchMode=yes" : "BatchMode=no",
            "StrictHostKeyChecking=yes", "UpdateHostKeys=no", "PasswordAuthentication=no", "KbdInteractiveAuthentication=no", "NumberOfPasswordPrompts=1",
            "ControlPersist=no", "ClearAllForwardings=yes", "PermitLocalCommand=no", "RequestTTY=no", "RemoteCommand=none",
            "IgnoreUnknown=StdinNull,SessionType,ForkAfterAuthentication", "StdinNull=no", "SessionType=default", "ForkAfterAuthentication=no",
            $"ConnectTimeout={Seconds(timeouts.Connect)}", "ConnectionAttempts=1",
            $"ServerAliveInterval={Seconds(timeouts.KeepAlive)}", $"ServerAliveCountMax={timeouts.KeepAliveMisses}", "TCPKeepAlive=yes",
        ];
    }

    private string KeyFile(string key)
    {
        if (SshText.IsKey(key))
            return directory.Write("key", SshText.Key(key));
        var path = SshText.Expand(key);
        return File.Exists(path) ? path : throw SshText.NoKey();
    }

    /// <summary>ssh expands % in the names of files.</summary>
    private static string Escape(string path) => path.Replace("%", "%%", StringComparison.Ordinal);

    private static string Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
