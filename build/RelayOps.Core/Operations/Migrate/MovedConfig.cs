using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// <c>.env</c> and compose files as they are on the new server: the old deployment's own path in them becomes the new one, and what the
/// operator wants different there is set. Texts may hold secrets: they are never shown.
/// </summary>
/// <param name="settings">Names and values for <c>.env</c>.</param>
public sealed class MovedConfig(string oldPath, IReadOnlyDictionary<string, string> settings)
{
    /// <summary>Real ones have some kilobytes; what is larger is no file of this kind, and travels as it is.</summary>
    public const int LongestText = 1 << 20;

    private readonly Regex _path = new($"{Regex.Escape(oldPath)}(?=[/\"':\\s#,\\]}}]|$)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));

    /// <summary>Files that compose itself reads; what a container reads is its own affair.</summary>
    public static bool IsText(string path) => !path.Contains('/') && (path == ".env" || path.EndsWith(".yml", StringComparison.Ordinal)
        || path.EndsWith(".yaml", StringComparison.Ordinal) || path.EndsWith(".env", StringComparison.Ordinal));

    public bool Names(ReadOnlySpan<byte> content) => _path.IsMatch(Encoding.UTF8.GetString(content));

    /// <param name="newPath">The directory that the file is for.</param>
    public byte[] Change(string path, byte[] content, string newPath)
    {
        var text = Encoding.UTF8.GetString(content);
        var changed = oldPath == newPath ? text : _path.Replace(text, _ => newPath);
        if (path == ".env")
            foreach (var (name, value) in settings)
                changed = Set(changed, name, value);
        return changed == text ? content : Encoding.UTF8.GetBytes(changed);
    }

    /// <summary>The last line of a name counts, so each is changed.</summary>
    private static string Set(string text, string name, string value)
    {
        var line = new Regex($@"^(?<head>[ \t]*(?:export[ \t]+)?{Regex.Escape(name)}[ \t]*=).*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
        return line.IsMatch(text) ? line.Replace(text, match => match.Groups["head"].Value + value)
            : string.Create(CultureInfo.InvariantCulture, $"{text}{(text.Length == 0 || text.EndsWith('\n') ? "" : "\n")}{name}={value}\n");
    }
}
