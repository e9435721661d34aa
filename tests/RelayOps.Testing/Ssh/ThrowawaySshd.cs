using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RelayOps.Core.Hosts;

namespace RelayOps.Testing.Ssh;

/// <summary>What a suite may want different from a plain sshd.</summary>
public sealed record SshdOptions
{
    /// <summary>Who may log in; empty means everybody. A user made for this needs a password field that is not locked: <c>useradd -p '*'</c>.</summary>
    public IReadOnlyList<string> AllowUsers { get; init; } = [];

    /// <summary>The users' own .bashrc counts for every command, as on a server of the field.</summary>
    public bool ReadsBashrc { get; init; }

    /// <summary>Where it listens.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The words before a program that shall see its network; none for this machine's own.</summary>
    public IReadOnlyList<string> Inside { get; init; } = [];

    /// <summary>Further lines for sshd_config.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}

/// <summary>A real sshd on a free loopback port, with its own configuration and keys, that ends with this process at the latest.</summary>
public sealed class ThrowawaySshd : IAsyncDisposable
{
    /// <summary>Opens <see cref="EncryptedKeyFile"/>.</summary>
    public const string Passphrase = "a b'c\"d$e";

    private readonly TestDirectory _directory;
    private readonly Process _process;
    private readonly Task _logged;
    private readonly System.Text.StringBuilder _log = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ThrowawaySshd(TestDirectory directory, string address, int port, Process process)
    {
        _directory = directory;
        Address = address;
        Port = port;
        _process = process;
        _logged = ReadLogAsync();
    }

    public string Address { get; }

    public int Port { get; }

    /// <summary>A known_hosts file that vouches for this server, and for nothing else.</summary>
    public string KnownHosts => _directory.File("known_hosts");

    /// <summary>A private key (ed25519) that the server accepts for every user.</summary>
    public string KeyFile => _directory.File("client_key");

    /// <summary>The same kind of key, encrypted with <see cref="Passphrase"/>.</summary>
    public string EncryptedKeyFile => _directory.File("encrypted_key");

    /// <summary>SHA256:… of its ed25519 host key.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>What another machine needs to know of this server to reach it.</summary>
    public SshAddress AddressFor(string host, int port) =>
        new(host, port, [.. File.ReadLines(KnownHosts).Select(line => string.Join(' ', line.Split(' ')[1..3]))]);

    /// <summary>What sshd logged so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Absolute path of the program, null where openssh-server is not installed.</summary>
    public static string? Program => new[] { "/usr/sbin/sshd", "/usr/local/sbin/sshd" }.FirstOrDefault(File.Exists);

    public static Task<ThrowawaySshd> StartAsync(CancellationToken cancellationToken) => StartAsync(new SshdOptions(), cancellationToken);

    public static async Task<ThrowawaySshd> StartAsync(SshdOptions options, CancellationToken cancellationToken)
    {
        var program = Program ?? throw new InvalidOperationException("no sshd: apt-get install openssh-server");
        if (Environment.UserName == "root")
            Directory.CreateDirectory("/run/sshd");
        var directory = TestDirectory.Create("relayops-sshd-");
        await MakeKeysAsync(directory, cancellationToken);
        var port = FreePort();
        await File.WriteAllTextAsync(directory.File("sshd_config"), Config(directory, port, options), cancellationToken);

        // The shell ends sshd when its input ends, and that happens even when this process is killed.
        var start = new ProcessStartInfo("sh", ["-c", "\"$@\" & pid=$!; read -r _; kill $pid; wait", "sh", .. options.Inside, program, "-D", "-e", "-f", directory.File("sshd_config")])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        var sshd = new ThrowawaySshd(directory, options.Address, port, Process.Start(start)!);
        await sshd.BecomeReadyAsync(cancellationToken);
        return sshd;
    }

    public SshTarget Target(string? user = null) => TargetAt(Port, user) with { Host = Address };

    /// <summary>The way to this server through another port, e.g. a relay's.</summary>
    public static SshTarget TargetAt(int port, string? user = null) => new() { User = user ?? Environment.UserName, Host = "127.0.0.1", Port = port };

    /// <summary>All it takes to log in.</summary>
    public SshConnection Connection(string? user = null) => new() { Target = Target(user), Key = KeyFile, KnownHosts = KnownHosts };

    /// <summary>All it takes to log in through a relay.</summary>
    public SshConnection ConnectionThrough(CountingRelay relay, string? user = null) =>
        Connection(user) with { Target = TargetAt(relay.Port, user), KnownHosts = KnownHostsAt(relay.Port) };

    /// <summary>The text of a known_hosts file for another port.</summary>
    public string KnownHostsAt(int port) => File.ReadAllText(KnownHosts).Replace($"]:{Port} ", $"]:{port} ", StringComparison.Ordinal);

    /// <summary>Kills the processes that serve connections, as a crash or an administrator would; what they started is left alone.</summary>
    public void CutConnections()
    {
        var listener = int.Parse(File.ReadAllText(_directory.File("sshd.pid")), CultureInfo.InvariantCulture);
        foreach (var id in ProcessTable.Descendants(listener).Where(id => ProcessTable.NameOf(id).StartsWith("sshd", StringComparison.Ordinal)))
            ProcessTable.Kill(id);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            CutConnections();
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await _logged;
        _process.Dispose();
        _directory.Dispose();
    }

    private static async Task MakeKeysAsync(TestDirectory directory, CancellationToken cancellationToken)
    {
        foreach (var (name, type, passphrase) in new[] { ("host_ed25519", "ed25519", ""), ("host_ecdsa", "ecdsa", ""), ("client_key", "ed25519", ""), ("encrypted_key", "ed25519", Passphrase) })
            await KeygenAsync(["-q", "-t", type, "-N", passphrase, "-C", "relayops test", "-f", directory.File(name)], cancellationToken);
        var accepted = await File.ReadAllTextAsync(directory.File("client_key.pub"), cancellationToken)
            + await File.ReadAllTextAsync(directory.File("encrypted_key.pub"), cancellationToken);
        await File.WriteAllTextAsync(directory.File("authorized_keys"), accepted, cancellationToken);
    }

    /// <summary>SHLVL keeps bash from reading the user's .bashrc for each command: what lies there is not ours and can be slow.</summary>
    private static string Config(TestDirectory directory, int port, SshdOptions options) => string.Join('\n', (string[])
    [
        $"ListenAddress {options.Address}", $"Port {port}", $"PidFile {directory.File("sshd.pid")}",
        $"HostKey {directory.File("host_ed25519")}", $"HostKey {directory.File("host_ecdsa")}",
        $"AuthorizedKeysFile {directory.File("authorized_keys")} .ssh/authorized_keys", "StrictModes no", "UsePAM no", "PermitRootLogin prohibit-password",
        "PasswordAuthentication no", "KbdInteractiveAuthentication no", "MaxStartups 100", "UseDNS no", "PrintMotd no", .. options.ReadsBashrc ? Array.Empty<string>() : ["SetEnv SHLVL=1"], "LogLevel VERBOSE", "Subsystem sftp internal-sftp",
        .. options.AllowUsers.Count == 0 ? Array.Empty<string>() : ["AllowUsers " + string.Join(' ', options.AllowUsers)], .. options.Lines, "",
    ]);

    private static async Task<string> KeygenAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("ssh-keygen", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"ssh-keygen ended with {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task BecomeReadyAsync(CancellationToken cancellationToken)
    {
        await _listening.Task.WaitAsync(cancellationToken);
        var lines = new[] { "host_ed25519.pub", "host_ecdsa.pub" }.Select(name => $"[{Address}]:{Port} {File.ReadAllText(_directory.File(name))}");
        await File.WriteAllTextAsync(KnownHosts, string.Concat(lines), cancellationToken);
        Fingerprint = (await KeygenAsync(["-lf", _directory.File("host_ed25519.pub")], cancellationToken)).Split(' ')[1];
    }

    private async Task ReadLogAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_log)
                _log.AppendLine(line);
            if (line.StartsWith("Server listening on", StringComparison.Ordinal))
                _listening.TrySetResult();
        }

        _listening.TrySetException(new InvalidOperationException("sshd did not start: " + Log));
    }
}
