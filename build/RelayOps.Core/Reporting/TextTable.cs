namespace RelayOps.Core.Reporting;

/// <summary>Columns for people, the heading first.</summary>
public static class TextTable
{
    /// <summary>Nothing where there is no row.</summary>
    public static IEnumerable<string> Of(string[] heading, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
            return [];
        var all = rows.Prepend(heading).ToList();
        var widths = Enumerable.Range(0, heading.Length).Select(column => all.Max(row => row[column].Length)).ToList();
        return all.Select(row => "  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
