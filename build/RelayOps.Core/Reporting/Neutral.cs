using System.Text;
using System.Text.RegularExpressions;

namespace RelayOps.Core.Reporting;

/// <summary>
/// Text from elsewhere (a server's output, a file's name), made safe to print: no colours, cursor movements or other control characters,
/// and nothing that a CI runner takes for a command. Sources: GitHub's runner reads <c>::</c> at the start of a line and <c>##[</c>
/// anywhere in it as commands.
/// </summary>
public static partial class Neutral
{
    private const char Replacement = '\uFFFD';

    /// <summary>Keeps the lines apart.</summary>
    public static string Text(string text)
    {
        if (IsPlain(text))
            return text;
        var lines = Escapes().Replace(text, "").ReplaceLineEndings("\n").Split('\n');
        return string.Join('\n', lines.Select(CleanLine));
    }

    /// <summary>On one line of at most so many characters.</summary>
    public static string Line(string text, int maximum = 1_000)
    {
        var line = string.Join(" | ", Text(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        if (line.Length <= maximum)
            return line;
        var end = char.IsHighSurrogate(line[maximum - 2]) ? maximum - 2 : maximum - 1;
        return line[..end] + "…";
    }

    private static bool IsPlain(string text) =>
        !text.Contains("::", StringComparison.Ordinal) && !text.Contains("##[", StringComparison.Ordinal) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string CleanLine(string line)
    {
        var clean = new StringBuilder(line.Length);
        foreach (var c in line)
            clean.Append(c == '\t' ? ' ' : IsHarmful(c) ? Replacement : c);
        var text = clean.Replace("##[", "## [").ToString();
        // The runner trims what counts as white space there, so what precedes the colons does not matter.
        var start = text.Length - text.TrimStart().Length;
        return text.AsSpan(start).StartsWith("::", StringComparison.Ordinal) ? $"{text[..start]}: :{text[(start + 2)..]}" : text;
    }

    /// <summary>Control characters of both sets, and those that turn the direction of what follows.</summary>
    private static bool IsHarmful(char c) =>
        char.IsControl(c) || c is '\u200E' or '\u200F' or '\u061C' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029' or '\uFEFF';

    // CSI; OSC, DCS and their kin up to their terminator or the line's end; two-character escapes.
    [GeneratedRegex(@"(\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|\u001B[\]PX^_][^\u0007\u001B\r\n]*(\u0007|\u001B\\)?|\u001B[ -/]*[0-~]?", RegexOptions.CultureInvariant)]
    private static partial Regex Escapes();
}
