using System.Text.RegularExpressions;
using RelayOps.Core;

namespace RelayOps.Adapters.Reporting.Notifications;

/// <summary>The shapes in which an outcome can be told.</summary>
public enum NotifierKind
{
    /// <summary>The report as JSON, signed where there is a secret.</summary>
    Webhook,

    /// <summary>A dead man's switch: start, success and failure are pinged, and its owner is told when the pings stop.</summary>
    Healthchecks,
    Slack,
    Discord,
    Telegram,
    Feishu,
    DingTalk,
    WeCom,
    Mail,
}

/// <summary>One of the addresses of <c>--notify</c>: <c>https://…</c>, or <c>kind:https://…</c>; what stands behind <c>#</c> signs and is never sent.</summary>
public sealed partial record NotifierAddress
{
    private const int ShortestToken = 16;

    private const int LongestWord = 19;

    private static readonly Dictionary<string, NotifierKind> Prefixes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["healthchecks"] = NotifierKind.Healthchecks,
        ["slack"] = NotifierKind.Slack,
        ["discord"] = NotifierKind.Discord,
        ["telegram"] = NotifierKind.Telegram,
        ["feishu"] = NotifierKind.Feishu,
        ["dingtalk"] = NotifierKind.DingTalk,
        ["wecom"] = NotifierKind.WeCom,
        ["webhook"] = NotifierKind.Webhook,
    };

    private NotifierAddress(NotifierKind kind, Uri address, string text)
    {
        Kind = kind;
        Secret = address.Fragment.Length > 1 ? Uri.UnescapeDataString(address.Fragment[1..]) : null;
        Address = address.Fragment.Length > 0 ? new UriBuilder(address) { Fragment = "" }.Uri : address;
        Text = text;
    }

    public NotifierKind Kind { get; }

    /// <summary>A capability: whoever knows it may write there.</summary>
    public Uri Address { get; }

    /// <summary>Signs what is sent; null where nothing is signed.</summary>
    public string? Secret { get; }

    /// <summary>As given: a secret.</summary>
    public string Text { get; }

    /// <summary>For people: without the part that lets anybody write there.</summary>
    public string Name => $"{Kind} at {Address.Host}";

    /// <summary>Holds what lets anybody write there, or sign, and has no place on a command line. Of all kinds a webhook alone may hold nothing of it.</summary>
    public bool HoldsToken => Kind != NotifierKind.Webhook || Secret is not null || Address.UserInfo.Length > 0 || Address.Query.Length > 0 || Address.Segments.Any(IsToken);

    /// <summary>What must never be shown: the whole, and the parts that are secret by themselves.</summary>
    public IEnumerable<string> Secrets =>
    [
        Text, Address.AbsoluteUri, Address.PathAndQuery.Length > 8 ? Address.PathAndQuery : Text,
        .. Secret is null ? Array.Empty<string>() : [Secret],
        .. Address.UserInfo.Split(':', 2) is [_, var password] ? [password, Uri.UnescapeDataString(password)] : Array.Empty<string>(),
    ];

    /// <param name="text">Several are parted by white space, or by commas.</param>
    /// <exception cref="RelayOpsException">One is no such address; it is not repeated, since it may hold a token.</exception>
    public static IReadOnlyList<NotifierAddress> ParseAll(string text) =>
        [.. Between().Split(text.Trim()).Where(part => part.Length > 0).Select((part, index) => Parse(part, index + 1))];

    /// <summary>Says nothing.</summary>
    public override string ToString() => Name;

    private static NotifierAddress Parse(string text, int number)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && Prefixes.TryGetValue(text[..colon], out var kind))
            return new NotifierAddress(kind, Web(text[(colon + 1)..], kind, number), text);
        if (text.StartsWith("smtp", StringComparison.OrdinalIgnoreCase))
            return new NotifierAddress(NotifierKind.Mail, Mail(text, number), text);
        return new NotifierAddress(NotifierKind.Webhook, Web(text, NotifierKind.Webhook, number), text);
    }

    /// <summary>What carries somebody's token goes over TLS, or stays on this machine.</summary>
    private static Uri Web(string text, NotifierKind kind, int number)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw Wrong(number, $"it is neither https://… nor one of {string.Join(", ", Prefixes.Keys.Select(prefix => prefix + ":https://…"))} or smtp://…");
        if (address.Scheme == "http" && !address.IsLoopback && kind is not (NotifierKind.Webhook or NotifierKind.Healthchecks))
            throw Wrong(number, "it would send a token over a connection that anybody can read");
        return kind != NotifierKind.Telegram || Query(address, "chat_id") is not null ? address
            : throw Wrong(number, "it does not say which chat: telegram:https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>");
    }

    /// <summary>A number of a UUID's form, or characters in a row that are no word: no part of a path that somebody chose to be read.</summary>
    private static bool IsToken(string segment) => Guid.TryParse(segment.Trim('/'), out _) || segment.Split('-', '_', '.', '~', '/')
        .Any(part => part.Length > LongestWord || (part.Length >= ShortestToken && part.Any(char.IsAsciiDigit) && part.Any(char.IsAsciiLetter)));

    private static Uri Mail(string text, int number) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "smtp" or "smtps" && Query(address!, "to") is not null && Query(address!, "from") is not null
            ? address!
            : throw Wrong(number, "mail is smtp[s]://[user:password@]host[:port]/?from=…&to=…");

    internal static string? Query(Uri address, string name) => address.Query.TrimStart('?').Split('&')
        .Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0] == name)
        .Select(pair => Uri.UnescapeDataString(pair[1])).FirstOrDefault(value => value.Length > 0);

    private static RelayOpsException Wrong(int number, string why) =>
        new($"address {number} of --notify cannot be used", why, "mend --notify, or the variable NOTIFY; parts are set apart by blanks", ExitStatus.WrongUse);

    [GeneratedRegex(@"\s+|,(?=[a-z]+:)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Between();
}
