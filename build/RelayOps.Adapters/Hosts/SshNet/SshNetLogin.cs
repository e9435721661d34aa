using System.Net.Sockets;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Hosts;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace RelayOps.Adapters.Hosts.SshNet;

/// <summary>Connects, checks the host key and logs in.</summary>
internal static class SshNetLogin
{
    private const int DefaultPort = 22;

    private static readonly string[] DefaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];

    public static async Task<SshClient> ConnectAsync(SshConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        var target = connection.Target;
        var known = KnownHosts.Load(connection.KnownHosts);
        var user = target.User ?? Environment.UserName;
        var info = new ConnectionInfo(target.Host, target.Port ?? DefaultPort, user, new PrivateKeyAuthenticationMethod(user, [.. Keys(connection)]))
        {
            Timeout = connection.Timeouts.Connect,
        };
        Prefer(info, known);
        var client = new SshClient(info);
        RelayOpsException? distrust = null;
        client.HostKeyReceived += (_, e) =>
        {
            distrust = Check(target, known, e.HostKey);
            e.CanTrust = distrust is null;
        };
        using var limit = new CancellationTokenSource(connection.Timeouts.Connect, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await client.ConnectAsync(both.Token).WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _ = Task.Run(client.Dispose, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            throw distrust ?? Explain(connection, e);
        }

        // From here on a full window is a slow reader, not a failure; silence is the keep-alive's matter.
        info.Timeout = Timeout.InfiniteTimeSpan;
        return client;
    }

    private static RelayOpsException? Check(SshTarget target, KnownHosts known, byte[] key)
    {
        if (known.Check(target.Host, target.Port ?? DefaultPort, key) is not { } state)
            return null;
        if (state == HostKeyState.Unknown && known.HasAuthority(target.Host, target.Port ?? DefaultPort))
        {
            return new RelayOpsException($"cannot trust {target}", "known_hosts vouches for it by a certificate authority, which ssh-net does not know",
                "use --transport open-ssh, or pin the host's own key", ExitStatus.NoConnection);
        }

        return SshFailures.HostKey(target, $"{KnownHosts.TypeOf(key)} {KnownHosts.Fingerprint(key)}", state);
    }

    private static RelayOpsException Explain(SshConnection connection, Exception error)
    {
        var target = connection.Target;
        return error switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => SshFailures.UnknownName(target),
            SshAuthenticationException => SshFailures.Refused(target, badPassphrase: false),
            OperationCanceledException or SshOperationTimeoutException =>
                SshFailures.Unreachable(target, $"no answer within {connection.Timeouts.Connect.TotalSeconds:0} s"),
            RelayOpsException known => known,
            _ => SshFailures.Unreachable(target, error.Message),
        };
    }

    /// <summary>
    /// The key types that are known come first, as with ssh, or a server with several keys would seem changed. Certificates are left
    /// out, as nothing here can check them. AES-GCM is more than twice as fast here as the rest.
    /// </summary>
    private static void Prefer(ConnectionInfo info, KnownHosts known)
    {
        var types = known.TypesFor(info.Host, info.Port);
        Sort(info.HostKeyAlgorithms, name => name.Contains("-cert-", StringComparison.Ordinal) ? null : types.Contains(TypeOf(name)) ? 0 : 1);
        Sort(info.Encryptions, name => name.Contains("gcm", StringComparison.Ordinal) ? 0 : 1);
    }

    private static string TypeOf(string algorithm) => algorithm.StartsWith("rsa-sha2-", StringComparison.Ordinal) ? "ssh-rsa" : algorithm;

    private static void Sort<T>(IOrderedDictionary<string, T> algorithms, Func<string, int?> rank)
    {
        var sorted = algorithms.Where(pair => rank(pair.Key) is not null).OrderBy(pair => rank(pair.Key)).ToList();
        algorithms.Clear();
        foreach (var (name, value) in sorted)
            algorithms.Add(name, value);
    }

    private static List<PrivateKeyFile> Keys(SshConnection connection)
    {
        if (connection.Key is { } key)
            return [Open(connection, SshText.IsKey(key) ? SshText.Key(key) : ReadKey(key))];
        var found = DefaultKeys.Select(name => SshText.Expand("~/.ssh/" + name)).Where(File.Exists)
            .Select(path => TryOpen(path, connection.KeyPassphrase)).OfType<PrivateKeyFile>().ToList();
        return found.Count > 0 ? found : throw new RelayOpsException($"cannot log in to {connection.Target}",
            "there is no usable key in ~/.ssh (id_ed25519, id_ecdsa, id_rsa), and ssh-net uses no agent",
            "give --ssh-key, or use --transport open-ssh for agents and the ssh configuration", ExitStatus.NoConnection);
    }

    private static string ReadKey(string key)
    {
        var path = SshText.Expand(key);
        return File.Exists(path) ? File.ReadAllText(path) : throw SshText.NoKey();
    }

    private static PrivateKeyFile Open(SshConnection connection, string text)
    {
        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
            return new PrivateKeyFile(stream, connection.KeyPassphrase);
        }
        catch (Exception e) when (e is SshPassPhraseNullOrEmptyException || connection.KeyPassphrase is not null)
        {
            // A wrong passphrase shows as bytes that make no sense, in whatever way the library stumbles over them.
            throw SshFailures.Refused(connection.Target, badPassphrase: true);
        }
        catch (Exception e)
        {
            throw new RelayOpsException("cannot use --ssh-key", $"it is no private key that ssh-net reads ({e.GetType().Name})",
                "give an OpenSSH or PEM private key, or use --transport open-ssh", ExitStatus.WrongUse);
        }
    }

    /// <summary>A default key that does not open is passed over, as ssh does.</summary>
    private static PrivateKeyFile? TryOpen(string path, string? passphrase)
    {
        try
        {
            using var stream = new MemoryStream(File.ReadAllBytes(path));
            return new PrivateKeyFile(stream, passphrase);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
