using System.Text.Json;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>
/// rclone checks the host key of an sftp remote only where a list of known hosts is named: where the operator has named none, it is the
/// user's own, as for ssh.
/// </summary>
/// <remarks>Source: rclone's documentation of sftp, "Host key validation", and of the precedence of its options.</remarks>
internal static class RcloneHostKeys
{
    private const string Everywhere = "RCLONE_SFTP_KNOWN_HOSTS_FILE";

    private const string Own = "~/.ssh/known_hosts";

    /// <summary>Whether rclone refused a server's key, or found no list to look it up in. It repeats the remote's options, too, in whatever it says.</summary>
    public static bool AreMissing(string error) =>
        error.Contains("knownhosts:", StringComparison.Ordinal) || error.Contains("parse known_hosts_file", StringComparison.Ordinal);

    /// <param name="configuration">What <c>rclone config dump</c> says; of it nothing but kinds and lists of known hosts are looked at.</param>
    /// <param name="find">The environment that rclone inherits.</param>
    /// <returns>For rclone's environment.</returns>
    public static IEnumerable<KeyValuePair<string, string>> Of(string configuration, Func<string, string?> find)
    {
        if (find(Everywhere) is { Length: > 0 })
            yield break;
        yield return KeyValuePair.Create(Everywhere, Own);
        // What is said of one remote goes before what is said of all, and that before the configuration.
        foreach (var (name, list) in Lists(configuration))
            if ($"RCLONE_CONFIG_{name}_KNOWN_HOSTS_FILE".ToUpperInvariant() is var variable && find(variable) is null or "")
                yield return KeyValuePair.Create(variable, list);
    }

    /// <summary>Of the remotes that have one of their own.</summary>
    private static IReadOnlyList<(string Name, string List)> Lists(string configuration)
    {
        try
        {
            using var document = JsonDocument.Parse(configuration);
            return [.. document.RootElement.EnumerateObject()
                .Where(remote => remote.Value.TryGetProperty("type", out var type) && type.ValueEquals("sftp"))
                .Select(remote => (remote.Name, List: remote.Value.TryGetProperty("known_hosts_file", out var list) ? list.GetString() ?? "" : ""))
                .Where(remote => remote.List.Length > 0)];
        }
        catch (JsonException)
        {
            // No configuration that can be read: then no remote of it can be used either.
            return [];
        }
    }
}
