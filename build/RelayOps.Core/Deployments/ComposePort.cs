using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace RelayOps.Core.Deployments;

/// <summary>Ports of a server that a service takes: <see cref="First"/> to <see cref="Last"/>, mostly one.</summary>
/// <param name="Address">Null for all of the server's addresses.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
public sealed record ComposePort(string Service, IPAddress? Address, int First, int Last, string Protocol)
{
    /// <summary>What all of the files publish, once the variables of <c>.env</c> stand for themselves. What cannot be read is left to compose.</summary>
    public static ImmutableArray<ComposePort> Of(IEnumerable<ComposeFile> files, DotEnv environment) =>
        [.. files.SelectMany(file => file.Services)
            .SelectMany(service => service.Ports.Select(text => Find(service.Name, ComposeVariables.Resolve(text, environment))))
            .OfType<ComposePort>().Distinct()];

    /// <summary>Somebody who listens there is in its way.</summary>
    public bool Meets(IPEndPoint listening) => listening.Port >= First && listening.Port <= Last
        && (IsAny(Address) || IsAny(listening.Address) || Address!.Equals(listening.Address));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}{(Last > First ? $"-{Last}" : "")}/{Protocol}");

    private static bool IsAny(IPAddress? address) => address is null || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary><c>[[address:]published:]target[/protocol]</c>; what publishes no fixed port takes none.</summary>
    private static ComposePort? Find(string service, string text)
    {
        var (ports, protocol) = text.Split('/') is [var before, var named] ? (before, named) : (text, "tcp");
        var published = ports.LastIndexOf(':') is var colon and >= 0 ? ports[..colon] : "";
        var address = published.LastIndexOf(':') is var second and >= 0 ? published[..second].Trim('[', ']') : "";
        var range = published[(published.LastIndexOf(':') + 1)..].Split('-');
        return int.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first is > 0 and < 65536
            && int.TryParse(range[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last >= first
            ? new ComposePort(service, IPAddress.TryParse(address, out var known) ? known : null, first, last, protocol) : null;
    }
}

/// <summary>Variables inside of compose files, by compose's rules (docs: interpolation).</summary>
public static partial class ComposeVariables
{
    /// <summary><c>$NAME</c>, <c>${NAME}</c>, <c>${NAME:-word}</c>, <c>${NAME-word}</c>, <c>${NAME:+word}</c>, <c>${NAME?word}</c> and <c>$$</c>.</summary>
    public static string Resolve(string text, DotEnv environment) => Variable().Replace(text, match =>
    {
        if (match.Groups["escaped"].Success)
            return "$";
        var isSet = environment.Values.TryGetValue(match.Groups["name"].Value, out var value);
        var (operation, word) = (match.Groups["operation"].Value, match.Groups["word"].Value);
        return operation switch
        {
            ":-" => string.IsNullOrEmpty(value) ? word : value,
            "-" => isSet ? value! : word,
            ":+" => string.IsNullOrEmpty(value) ? "" : word,
            "+" => isSet ? word : "",
            _ => value ?? "",
        };
    });

    [GeneratedRegex(@"\$(?:(?<escaped>\$)|(?<name>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?:(?<operation>:?[-+?])(?<word>[^{}]*))?\})", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
