using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>
/// <c>.env</c> and compose files as they are on the new server: the old deployment's own path in them becomes the new one, and what the
/// operator wants different there is set. Texts may hold secrets: they are never shown.
/// </summary>
/// <param name="settings">Names and values for <c>.env</c>.</param>
public sealed partial class MovedConfig(string oldPath, IReadOnlyDictionary<string, string> settings)
{
    /// <summary>Real ones have some kilobytes; what is larger is no file of this kind, and travels as it is.</summary>
    public const int LongestText = 1 << 20;

    private readonly Regex _path = new($"{Regex.Escape(oldPath)}(?=[/\"':\\s#,\\]}}]|$)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));

    /// <param name="port">Null leaves what is there, as for the project's name.</param>
    /// <exception cref="RelayOpsException">No port, or no name of a project (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static Dictionary<string, string> Settings(int? port, string? project)
    {
        if (port is < 1 or > 65535)
            throw new RelayOpsException($"{port} is no port", "ports are numbers from 1 to 65535", "pass another --new-port", ExitStatus.WrongUse);
        if (project is not null && !ProjectName().IsMatch(project))
            throw new RelayOpsException($"'{project}' is no name of a compose project", "it has small letters, digits, - and _, and begins with a letter or digit",
                "pass another --new-project-name", ExitStatus.WrongUse);
        var settings = new Dictionary<string, string>();
        if (port is { } number)
            settings["PORT"] = number.ToString(CultureInfo.InvariantCulture);
        if (project is not null)
            settings["COMPOSE_PROJECT_NAME"] = project;
        return settings;
    }

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

    [GeneratedRegex("^[a-z0-9][-_a-z0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ProjectName();
}
