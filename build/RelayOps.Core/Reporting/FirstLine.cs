namespace RelayOps.Core.Reporting;

/// <summary>The line of a program's standard error that says what was wrong.</summary>
public static class FirstLine
{
    public static string Of(string error) =>
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "it said nothing";
}
