namespace RelayOps.Adapters.Encryption;

/// <summary>The line of a tool's standard error that says what was wrong: both tools tell how they got there first, or how to report a bug last.</summary>
internal static class ToolMessage
{
    private static readonly string[] Marks = ["failed:", "error:", "skipped:", "can't open", "invalid"];

    public static string Of(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.Contains("report unexpected", StringComparison.Ordinal)).ToList();
        return lines.FirstOrDefault(line => Marks.Any(mark => line.Contains(mark, StringComparison.OrdinalIgnoreCase)))
            ?? lines.LastOrDefault() ?? "it said nothing";
    }
}
