using System.Text.RegularExpressions;

namespace RelayOps.Core.Deployments;

/// <summary>What differs between two compose files, by the names of their settings: values may be secrets, and never leave it.</summary>
public static partial class ComposeDifference
{
    /// <summary>E.g. <c>services.redis.image</c>, in ordinal order; those of one side alone say so.</summary>
    /// <param name="backup">The text of one file.</param>
    /// <param name="server">That of the other.</param>
    public static IReadOnlyList<string> Find(string backup, string server)
    {
        var (theirs, own) = (Read(backup), Read(server));
        return [.. theirs.Keys.Union(own.Keys).Order(StringComparer.Ordinal)
            .Where(path => !theirs.GetValueOrDefault(path, []).SequenceEqual(own.GetValueOrDefault(path, [])))
            .Select(path => own.ContainsKey(path) ? theirs.ContainsKey(path) ? path : $"{path} (server only)" : $"{path} (backup only)")];
    }

    /// <summary>By indentation alone: what is no key belongs to the key above it.</summary>
    private static Dictionary<string, List<string>> Read(string text)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var above = new List<(int Indent, string Path)>();
        int? block = null;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Trim() is { Length: > 0 } said && said[0] != '#'))
        {
            var content = line.TrimStart(' ');
            var indent = line.Length - content.Length;
            if (block is { } at && indent > at)
            {
                Add(values, above, content);
                continue;
            }

            for (block = null; content.StartsWith("- ", StringComparison.Ordinal); content = content[2..].TrimStart(' '))
                indent += 2;
            above.RemoveAll(key => key.Indent >= indent);
            var key = KeyPattern().Match(content);
            var name = key.Success ? key : VariablePattern().Match(content);
            if (name.Success)
                above.Add((indent, above.Count > 0 ? $"{above[^1].Path}.{name.Groups["name"].Value}" : name.Groups["name"].Value));
            Add(values, above, content);
            if (key.Success && BlockPattern().IsMatch(content))
                block = indent;
        }

        return values;
    }

    private static void Add(Dictionary<string, List<string>> values, List<(int Indent, string Path)> above, string content)
    {
        var path = above.Count > 0 ? above[^1].Path : "(text)";
        if (!values.TryGetValue(path, out var known))
            values[path] = known = [];
        known.Add(content.TrimEnd());
    }

    [GeneratedRegex("""^["']?(?<name>[A-Za-z0-9_-]+)["']?\s*:(\s|$)""")]
    private static partial Regex KeyPattern();

    /// <summary>A variable in a list of them.</summary>
    [GeneratedRegex("""^["']?(?<name>[A-Z][A-Z0-9_]*)=""")]
    private static partial Regex VariablePattern();

    /// <summary>The lines below are text, whatever they look like.</summary>
    [GeneratedRegex("""[|>][+-]?\d*\s*(#.*)?$""")]
    private static partial Regex BlockPattern();
}
