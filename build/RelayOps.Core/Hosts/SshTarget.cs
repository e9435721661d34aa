using System.Globalization;

namespace RelayOps.Core.Hosts;

/// <summary>Whom and where ssh is to reach. What is null is left to the user's ssh configuration, or to ssh's own default.</summary>
public sealed record SshTarget
{
    /// <summary>Characters that a shell or ssh's own %-expansion would read as something else.</summary>
    private const string Forbidden = "'\"`$;&<>|(){}[]*?!#,%";

    public string? User { get; init; }

    /// <summary>A name, an alias of the ssh configuration, or an address; IPv6 without brackets.</summary>
    public required string Host { get; init; }

    public int? Port { get; init; }

    /// <summary>Reads <c>[user@]host[:port]</c>; an IPv6 address stands in brackets where a port follows.</summary>
    /// <exception cref="RelayOpsException">It is no such text (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static SshTarget Parse(string text)
    {
        if (text.Length == 0)
            throw Wrong(text, "it is empty");
        if (text.Length > 512)
            throw Wrong(text[..40] + "...", "it is too long");
        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c)))
            throw Wrong(Printable(text), "it contains white space or control characters");

        var at = text.LastIndexOf('@');
        var user = at < 0 ? null : text[..at];
        if (user is not null)
            CheckUser(user, text);
        var (host, port) = SplitHost(text[(at + 1)..], text);
        return new SshTarget { User = user, Host = host, Port = port };
    }

    /// <summary>The same form that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return (User is null ? "" : User + "@") + host + (Port is { } port ? string.Create(CultureInfo.InvariantCulture, $":{port}") : "");
    }

    private static void CheckUser(string user, string text)
    {
        if (user.Length == 0)
            throw Wrong(text, "the user before @ is empty");
        if (user.Contains(':', StringComparison.Ordinal))
            throw Wrong("…" + text[text.LastIndexOf('@')..], "a password has no place here");
        if (user[0] == '-' || user[^1] == '\\' || user.Any(c => Forbidden.Contains(c, StringComparison.Ordinal)))
            throw Wrong(text, $"'{user}' is no user name");
    }

    private static (string Host, int? Port) SplitHost(string rest, string text)
    {
        if (rest.StartsWith('['))
        {
            var end = rest.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
                throw Wrong(text, "the closing ] is missing");
            var after = rest[(end + 1)..];
            if (after.Length > 0 && after[0] != ':')
                throw Wrong(text, "only :port may follow ]");
            return (Address(rest[1..end], text), after.Length == 0 ? null : PortOf(after[1..], text));
        }

        var colons = rest.Count(c => c == ':');
        if (colons > 1)
            return (Address(rest, text), null);
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (Name(rest, text), null) : (Name(rest[..colon], text), PortOf(rest[(colon + 1)..], text));
    }

    private static string Name(string host, string text)
    {
        if (host.Length == 0)
            throw Wrong(text, "the host is empty");
        if (host[0] == '-' || !host.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw Wrong(text, $"'{host}' is no host name");
        return host;
    }

    private static string Address(string host, string text)
    {
        var zone = host.IndexOf('%', StringComparison.Ordinal);
        var number = zone < 0 ? host : host[..zone];
        var hasZone = zone < 0 || (zone + 1 < host.Length && host[(zone + 1)..].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));
        if (!number.Contains(':', StringComparison.Ordinal) || !hasZone || !System.Net.IPAddress.TryParse(number, out _))
            throw Wrong(text, $"'{host}' is no IPv6 address");
        return host;
    }

    private static int PortOf(string digits, string text) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw Wrong(text, $"'{digits}' is no port between 1 and 65535");

    private static string Printable(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c) ? '?' : c));

    private static RelayOpsException Wrong(string text, string why) =>
        new($"'{text}' is no server", why, "write [user@]host[:port], e.g. ubuntu@203.0.113.7:22, or [2001:db8::7]:22", ExitStatus.WrongUse);
}
