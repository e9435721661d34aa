using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts;

/// <summary>What this machine's own connection goes by, so that another machine can be given the same: no alias, and the keys that are trusted here.</summary>
public static class SshAddresses
{
    private static readonly ImmutableArray<string> FileSettings = ["userknownhostsfile", "globalknownhostsfile"];

    /// <summary>A key of a server that is behind a certificate authority alone is not known by itself: then there is none.</summary>
    /// <exception cref="RelayOps.Core.RelayOpsException">What was given as known hosts is none.</exception>
    public static async Task<SshAddress> FindAsync(SshConnection connection, CancellationToken cancellationToken)
    {
        var target = connection.Target;
        var settings = (connection.Transport ?? SshHosts.Transports[0]) == "open-ssh" ? await AskSshAsync(target, cancellationToken).ConfigureAwait(false) : ImmutableDictionary<string, string>.Empty;
        var files = connection.KnownHosts is null ? Files(settings) : null;
        return Resolve(target, settings, files is null ? KnownHosts.Load(connection.KnownHosts) : KnownHosts.Parse(files));
    }

    /// <summary>The keys as lines of a known_hosts file, each with its fingerprint as <c>ssh-keygen -l</c> prints it.</summary>
    public static ImmutableArray<(string Line, string Fingerprint)> Lines(SshAddress address)
    {
        var name = address.Port == 22 ? address.Host : string.Create(CultureInfo.InvariantCulture, $"[{address.Host}]:{address.Port}");
        return [.. address.HostKeys.Select(key => ($"{name} {key}", KnownHosts.Fingerprint(Convert.FromBase64String(key.Split(' ')[1]))))];
    }

    internal static SshAddress Resolve(SshTarget target, IReadOnlyDictionary<string, string> settings, KnownHosts known)
    {
        var host = settings.GetValueOrDefault("hostname", target.Host);
        var port = target.Port ?? (int.TryParse(settings.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var configured) ? configured : 22);
        var keys = settings.GetValueOrDefault("hostkeyalias") is { } alias and not "none" ? known.KeysOf(alias, 22) : known.KeysOf(host, port);
        // As ssh does: a key that is known without its port serves for every port.
        return new SshAddress(host, port, keys.IsEmpty ? known.KeysOf(host, 22) : keys);
    }

    /// <summary>Lines of <c>ssh -G</c>: a name in small letters, and what it is set to.</summary>
    internal static ImmutableDictionary<string, string> Parse(string output) => output.Split('\n').Select(line => line.Split(' ', 2))
        .Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToImmutableDictionary(pairs => pairs.Key, pairs => pairs.First()[1].Trim());

    /// <summary>The text of the files that ssh reads; null leaves it to the usual ones.</summary>
    private static string? Files(ImmutableDictionary<string, string> settings)
    {
        var files = FileSettings.SelectMany(name => settings.GetValueOrDefault(name, "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(SshText.Expand)
            .Where(File.Exists).ToList();
        return files.Count == 0 ? null : string.Join('\n', files.Select(File.ReadAllText)) + "\n";
    }

    /// <summary>Nothing where ssh is too old to tell.</summary>
    private static async Task<ImmutableDictionary<string, string>> AskSshAsync(SshTarget target, CancellationToken cancellationToken)
    {
        string[] user = target.User is { } name ? ["-l", name] : [];
        await using var asking = ProcessChannel.Start(OwnSession.Of("ssh", ["-G", .. user, "--", target.Host]), status => Task.FromResult(new ChannelExit(ChannelOutcome.Exited, status)));
        using var output = new StreamReader(asking.Output);
        var said = await output.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        return (await asking.Completion.WaitAsync(cancellationToken).ConfigureAwait(false)).Status == 0 ? Parse(said) : ImmutableDictionary<string, string>.Empty;
    }
}
