using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using RelayOps.Core;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Stores.Rclone;

/// <summary>
/// A remote and a path in it, as rclone writes them: <c>name:path</c>, <c>name,option=value:path</c> or, without any configuration,
/// <c>:type,option=value:path</c>. What an option holds may be a password: it is shown to nobody and reaches rclone through the environment.
/// </summary>
/// <remarks>Source: rclone's documentation, "Connection strings" and "Config file environment variables".</remarks>
public sealed record RcloneRemote
{
    /// <summary>The name that a remote without one gets; in a variable's name a dash would not be found again.</summary>
    private const string NameOnTheSpot = "relayopsdescribed";

    private const int ShortestSecret = 3;

    /// <summary>Options of any kind of remote that are no secret, and tell one place from another.</summary>
    private static readonly FrozenSet<string> Open = FrozenSet.ToFrozenSet(
        ["acl", "bucket_acl", "chunk_size", "concurrency", "description", "directory_markers", "disable_checksum", "domain", "drive_id", "drive_type", "encoding", "endpoint",
        "env_auth", "force_path_style", "host", "known_hosts_file", "location", "location_constraint", "no_check_bucket", "nounc", "port", "provider", "region", "remote",
        "root_folder_id", "scope", "server_side_encryption", "shared_with_me", "storage_class", "team_drive", "upload_cutoff", "url", "user", "v2_auth", "vendor"],
        StringComparer.OrdinalIgnoreCase);

    private RcloneRemote(string shown, string argument) => (Shown, Argument) = (shown, argument);

    /// <summary>For people and reports.</summary>
    public string Shown { get; }

    /// <summary>For rclone's command line, which everybody on this machine may read.</summary>
    public string Argument { get; }

    /// <summary>For rclone's environment.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; private init; } = [];

    /// <summary>What must never be shown.</summary>
    public ImmutableArray<string> Secrets { get; private init; } = [];

    /// <param name="text">Without <see cref="RcloneStore.Prefix"/>.</param>
    /// <exception cref="RelayOpsException">It names no remote (<see cref="ExitStatus.WrongUse"/>), and is not repeated.</exception>
    public static RcloneRemote Parse(string text)
    {
        if (text.StartsWith('-') || Connection.Find(text) is not { } connection)
            throw new RelayOpsException($"'{RcloneStore.Prefix}{Cut(text)}' is no store", "it names no remote of rclone", "write rclone:<remote>:<path>; rclone listremotes has the remotes",
                ExitStatus.WrongUse);
        var path = connection.Path.TrimEnd('/');
        var secrets = connection.Options.Where(option => !IsOpen(option)).Select(option => option.Value).ToImmutableArray();
        if (secrets.IsEmpty)
            return new RcloneRemote(text.TrimEnd('/'), text.TrimEnd('/'));
        var shown = string.Concat(connection.Options.Select(option => IsOpen(option) ? $",{option.Written}" : $",{option.Name}={SecretMask.Mask}"));
        var name = connection.IsOnTheSpot ? NameOnTheSpot : connection.Name;
        // rclone looks for the name as it is, and for the option with underscores.
        var variables = connection.Options.Select(option => KeyValuePair.Create($"RCLONE_CONFIG_{name}_{option.Name.Replace('-', '_')}".ToUpperInvariant(), option.Value));
        return new RcloneRemote($"{(connection.IsOnTheSpot ? ":" : "")}{connection.Name}{shown}:{path}", $"{name}:{path}")
        {
            Environment = [.. connection.IsOnTheSpot ? variables.Prepend(KeyValuePair.Create($"RCLONE_CONFIG_{name}_TYPE".ToUpperInvariant(), connection.Name)) : variables],
            Secrets = secrets,
        };
    }

    /// <summary>Whether it would show a secret; what is not understood might.</summary>
    public static bool HoldsSecret(string text) =>
        Connection.Find(text) is { } connection ? connection.Options.Any(option => !IsOpen(option)) : text.Contains(',', StringComparison.Ordinal) && text.Contains('=', StringComparison.Ordinal);

    /// <summary>What must not be shown of it; of what is not understood everything behind the name.</summary>
    public static IEnumerable<string> SecretsOf(string text) => Connection.Find(text) is { } connection
        ? connection.Options.Where(option => !IsOpen(option)).Select(option => option.Value) : HoldsSecret(text) ? [text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..]] : [];

    /// <summary>Whether it ends within its options: what was taken for its end belongs to a value.</summary>
    public static bool IsUnfinished(string text) => text.Contains(',', StringComparison.Ordinal) && Connection.Find(text) is null;

    /// <summary>As much of a text that is no remote as holds no option.</summary>
    public static string Cut(string text) => text.IndexOf(',', StringComparison.Ordinal) is >= 0 and var comma ? text[..comma] + ",…" : text;

    /// <summary>What rclone said, without what it must not say.</summary>
    public string Clean(string said) => Secrets.Where(secret => secret.Length >= ShortestSecret)
        .Aggregate(said, (text, secret) => text.Replace(secret, SecretMask.Mask, StringComparison.Ordinal));

    /// <summary>Says what <see cref="Shown"/> says.</summary>
    public override string ToString() => Shown;

    internal static string ShownOf(string text) => IsRemote(text) ? Parse(text).Shown : Cut(text);

    private static bool IsRemote(string text) => !text.StartsWith('-') && Connection.Find(text) is not null;

    private static bool IsOpen(ConnectionOption option) =>
        option.Value is "true" or "false" || (Open.Contains(option.Name) && !option.Value.Contains('@', StringComparison.Ordinal) && !option.Value.Contains('?', StringComparison.Ordinal));

    /// <param name="Written">Name and value, with the quotes that they had.</param>
    private sealed record ConnectionOption(string Name, string Value, string Written);

    /// <param name="Name">Of the remote, or of its type where it has none.</param>
    private sealed record Connection(bool IsOnTheSpot, string Name, ImmutableArray<ConnectionOption> Options, string Path)
    {
        public static Connection? Find(string text)
        {
            var start = text.StartsWith(':') ? 1 : 0;
            var at = text.AsSpan(start).IndexOfAny(',', ':') + start;
            if (at <= start)
                return null;
            var name = text[start..at];
            var options = ImmutableArray.CreateBuilder<ConnectionOption>();
            while (text[at] == ',')
            {
                if (Read(text, ref at) is not { } option)
                    return null;
                options.Add(option);
            }

            return text[at] == ':' ? new Connection(start == 1, name, options.ToImmutable(), text[(at + 1)..]) : null;
        }

        /// <param name="at">At the comma before the option, then at what stands behind it.</param>
        private static ConnectionOption? Read(string text, ref int at)
        {
            var begin = at + 1;
            var end = text.AsSpan(begin).IndexOfAny(",:=") + begin;
            if (end <= begin)
                return null;
            at = end;
            var value = text[end] == '=' ? ReadValue(text, ref at) : "true";
            return value is null || at >= text.Length || text[at] is not (',' or ':') ? null : new ConnectionOption(text[begin..end], value, text[begin..at]);
        }

        private static string? ReadValue(string text, ref int at)
        {
            at++;
            if (at < text.Length && text[at] is '"' or '\'')
                return ReadQuoted(text, ref at);
            var end = text.AsSpan(at).IndexOfAny(',', ':');
            if (end < 0)
                return null;
            var value = text.Substring(at, end);
            at += end;
            return value;
        }

        /// <summary>The quote within is written twice.</summary>
        private static string? ReadQuoted(string text, ref int at)
        {
            var (quote, value) = (text[at], new StringBuilder());
            for (at++; at < text.Length; at++)
            {
                if (text[at] == quote && (++at >= text.Length || text[at] != quote))
                    return value.ToString();
                value.Append(text[at]);
            }

            return null;
        }
    }
}
