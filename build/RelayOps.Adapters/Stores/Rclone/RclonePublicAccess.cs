using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using RelayOps.Adapters.Drills;
using RelayOps.Core;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>
/// Whether rclone is told to let everybody read what it stores. <c>--allow-plaintext</c> is for a store that nobody else can read, and a remote
/// whose own settings say otherwise is none.
/// </summary>
/// <remarks>Source: rclone's documentation of s3 (acl, bucket_acl), Google Cloud Storage (object_acl, bucket_acl), Azure (public_access), and of the precedence of its options.</remarks>
internal sealed partial class RclonePublicAccess(RcloneRemote remote)
{
    /// <summary>Remotes that stand for others, one behind the other.</summary>
    private const int Deepest = 8;

    private static readonly ImmutableArray<string> Options = ["acl", "bucket_acl", "object_acl", "public_access"];

    /// <exception cref="RelayOpsException">Everybody could read it there (<see cref="ExitStatus.WrongUse"/>).</exception>
    public async Task RefuseAsync(CancellationToken cancellationToken)
    {
        // Nothing of the remote's own credentials: they are not needed for it.
        var configuration = await Programs.FindOutputAsync("rclone", ["config", "dump", "--ask-password=false"], cancellationToken);
        if (Find(remote, configuration ?? "", Environment.GetEnvironmentVariable) is { } setting)
            throw new RelayOpsException($"nothing is sent to store {RcloneStore.Prefix}{remote.Shown}",
                $"the backup is not encrypted, and rclone is told '{setting}': everybody could read the server's keys",
                "encrypt it (--encrypt-to), or take that setting out of the store's name or of rclone's configuration", ExitStatus.WrongUse);
    }

    /// <param name="configuration">What <c>rclone config dump</c> says; of it nothing but kinds of remotes, what they stand for and who may read is looked at.</param>
    /// <param name="find">The environment that rclone inherits.</param>
    /// <returns>The setting that lets everybody read; null where there is none.</returns>
    public static string? Find(RcloneRemote remote, string configuration, Func<string, string?> find)
    {
        try
        {
            using var document = JsonDocument.Parse(configuration);
            return Find(remote, document.RootElement, find, Deepest);
        }
        catch (JsonException)
        {
            // No configuration that can be read: then no remote of it can be used either, but one that is described with all its options.
            using var none = JsonDocument.Parse("{}");
            return Find(remote, none.RootElement, find, Deepest);
        }
    }

    /// <remarks>What a remote's own name says goes before what the environment says of it, then of all of its kind, and that before the configuration.</remarks>
    private static string? Find(RcloneRemote one, JsonElement configuration, Func<string, string?> find, int depth)
    {
        var (name, isOnTheSpot) = NameOf(one);
        var configured = !isOnTheSpot && configuration.TryGetProperty(name, out var known) ? known : default;
        var type = isOnTheSpot ? name : Variable($"RCLONE_CONFIG_{name}_TYPE") ?? Text(configured, "type") ?? "";
        string? Variable(string variable) => find(variable.ToUpperInvariant()) is { Length: > 0 } value ? value : null;
        string? Value(string option) => Told(one, option) ?? (isOnTheSpot ? null : Variable($"RCLONE_CONFIG_{name}_{option}"))
            ?? Variable($"RCLONE_{(type == "google cloud storage" ? "gcs" : type)}_{option}") ?? Text(configured, option);
        foreach (var option in Options)
            if (Value(option) is { } value && Everybody().IsMatch(value))
                return $"{option} = {value}";
        // What crypt stores nobody can read who has not its password.
        return depth == 0 || (type == "crypt" && Value("no_data_encryption") != "true") ? null
            : Others($"{Value("remote")} {Value("upstreams")}").Select(other => Find(other, configuration, find, depth - 1)).FirstOrDefault(found => found is not null);
    }

    private static (string Name, bool IsOnTheSpot) NameOf(RcloneRemote one)
    {
        var shown = one.Shown.TrimStart(':');
        return (shown[..shown.AsSpan().IndexOfAny(',', ':')], one.Shown.StartsWith(':'));
    }

    /// <summary>In the remote's own name, whichever way that reaches rclone.</summary>
    private static string? Told(RcloneRemote one, string option)
    {
        if (!one.Environment.IsEmpty)
        {
            var variable = $"RCLONE_CONFIG_{one.Argument[..one.Argument.IndexOf(':')]}_{option}".ToUpperInvariant();
            return one.Environment.Where(known => known.Key == variable).Select(known => known.Value).FirstOrDefault();
        }

        var written = Written().Matches(one.Argument).FirstOrDefault(found => found.Groups["option"].Value.Replace('-', '_').Equals(option, StringComparison.OrdinalIgnoreCase));
        return written?.Groups["value"].Value.Trim('\'', '"');
    }

    /// <summary>Remotes among what is said of those behind another.</summary>
    private static IEnumerable<RcloneRemote> Others(string said) => said.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => Directory().Replace(word.Trim('\'', '"'), "")).Select(FindRemote).OfType<RcloneRemote>();

    private static RcloneRemote? FindRemote(string name)
    {
        try
        {
            return RcloneRemote.Parse(name);
        }
        catch (RelayOpsException)
        {
            // A directory of this machine, or an option of how they are joined.
            return null;
        }
    }

    private static string? Text(JsonElement configured, string option) =>
        configured.ValueKind == JsonValueKind.Object && configured.TryGetProperty(option, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Of authenticated ones everybody who has an account of that kind is one. "blob" and "container" are Azure's words.</summary>
    [GeneratedRegex("^(public|authenticated|blob$|container$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Everybody();

    [GeneratedRegex(",(?<option>[^,:=]+)=(?<value>'[^']*'|\"[^\"]*\"|[^,:]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Written();

    /// <summary>Those of combine have one in front.</summary>
    [GeneratedRegex("^[^:=,]+=(?=[^=]+:)", RegexOptions.CultureInvariant)]
    private static partial Regex Directory();
}
