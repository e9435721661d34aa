using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RelayOps.Adapters.Hosts;

/// <summary>What known_hosts files say about a server's key. The format is that of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".</summary>
internal sealed class KnownHosts
{
    private readonly ImmutableArray<Entry> _entries;

    private KnownHosts(ImmutableArray<Entry> entries) => _entries = entries;

    private enum Mark
    {
        None,
        Revoked,
        Authority,
    }

    /// <summary>Lines that are no entries are passed over, as ssh does: they vouch for nobody.</summary>
    public static KnownHosts Parse(string text) => new([.. text.Split('\n').Select(ParseLine).OfType<Entry>()]);

    /// <summary>The user's files and the machine's, or what was given instead of them.</summary>
    public static KnownHosts Load(string? given)
    {
        if (given is not null)
            return Parse(SshText.KnownHosts(given));
        string[] files = [SshText.Expand("~/.ssh/known_hosts"), SshText.Expand("~/.ssh/known_hosts2"), "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];
        return Parse(string.Join('\n', files.Where(File.Exists).Select(File.ReadAllText)));
    }

    /// <summary>The types of the keys that are known for a server: it is asked for one of these first.</summary>
    public IReadOnlyList<string> TypesFor(string host, int port) => [.. For(host, port, Mark.None).Select(entry => entry.Type).Distinct()];

    /// <summary>Type and key of each that is trusted for a server, as they stand in a file.</summary>
    public ImmutableArray<string> KeysOf(string host, int port) => [.. For(host, port, Mark.None)
        .Where(entry => Check(host, port, entry.Key) is null).Select(entry => $"{entry.Type} {Convert.ToBase64String(entry.Key)}").Distinct()];

    /// <summary>A certificate authority vouches for the server.</summary>
    public bool HasAuthority(string host, int port) => For(host, port, Mark.Authority).Any();

    /// <returns>Null when the key is trusted.</returns>
    public HostKeyState? Check(string host, int port, ReadOnlySpan<byte> key)
    {
        var blob = key.ToArray();
        if (For(host, port, Mark.Revoked).Any(entry => entry.Key.AsSpan().SequenceEqual(blob)))
            return HostKeyState.Revoked;
        var known = For(host, port, Mark.None).ToList();
        if (known.Any(entry => entry.Key.AsSpan().SequenceEqual(blob)))
            return null;
        return known.Any(entry => entry.Type == TypeOf(blob)) ? HostKeyState.Changed : HostKeyState.Unknown;
    }

    /// <summary>A key's own name for its type, which is the first string in it.</summary>
    public static string TypeOf(ReadOnlySpan<byte> key)
    {
        if (key.Length < 4)
            return "";
        var length = BinaryPrimitives.ReadUInt32BigEndian(key);
        return length <= key.Length - 4 ? Encoding.ASCII.GetString(key.Slice(4, (int)length)) : "";
    }

    /// <summary>As ssh-keygen -l prints it.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> key) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=');

    private IEnumerable<Entry> For(string host, int port, Mark mark)
    {
        var plain = host.ToLowerInvariant();
        var name = port == 22 ? plain : string.Create(CultureInfo.InvariantCulture, $"[{plain}]:{port}");
        return _entries.Where(entry => entry.Mark == mark && entry.Matches(name));
    }

    private static Entry? ParseLine(string line)
    {
        var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0][0] == '#')
            return null;
        var mark = words[0] switch { "@revoked" => Mark.Revoked, "@cert-authority" => Mark.Authority, _ => Mark.None };
        if (mark != Mark.None)
            words = words[1..];
        else if (words[0][0] == '@')
            return null;
        if (words.Length < 3)
            return null;
        var key = new byte[words[2].Length];
        return Convert.TryFromBase64String(words[2], key, out var length) && TypeOf(key.AsSpan(0, length)) == words[1]
            ? new Entry(mark, words[0], words[1], key[..length])
            : null;
    }

    private sealed record Entry(Mark Mark, string Hosts, string Type, byte[] Key)
    {
        public bool Matches(string name)
        {
            if (Hosts.StartsWith("|1|", StringComparison.Ordinal))
                return MatchesHash(name);
            var patterns = Hosts.ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries);
            return !patterns.Any(pattern => pattern[0] == '!' && MatchesPattern(pattern.AsSpan(1), name)) && patterns.Any(pattern => MatchesPattern(pattern, name));
        }

        private bool MatchesHash(string name)
        {
            var parts = Hosts.Split('|');
            Span<byte> salt = stackalloc byte[64];
            Span<byte> hash = stackalloc byte[64];
            if (parts.Length != 4 || parts[2].Length > 64 || parts[3].Length > 64
                || !Convert.TryFromBase64String(parts[2], salt, out var saltLength) || !Convert.TryFromBase64String(parts[3], hash, out var hashLength))
            {
                return false;
            }

#pragma warning disable CA5350 // The file format prescribes SHA-1; it hides names and secures nothing.
            var computed = HMACSHA1.HashData(salt[..saltLength], Encoding.UTF8.GetBytes(name));
#pragma warning restore CA5350
            return computed.AsSpan().SequenceEqual(hash[..hashLength]);
        }

        /// <summary>* and ? as in file names, without classes; linear, as a pattern comes from a file that may be anything.</summary>
        private static bool MatchesPattern(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
        {
            int p = 0, n = 0, star = -1, mark = 0;
            while (n < name.Length)
            {
                if (p < pattern.Length && pattern[p] == '*')
                    (star, mark) = (p++, n);
                else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
                    (p, n) = (p + 1, n + 1);
                else if (star >= 0)
                    (p, n) = (star + 1, ++mark);
                else
                    return false;
            }

            return pattern[p..].TrimStart('*').IsEmpty;
        }
    }
}
