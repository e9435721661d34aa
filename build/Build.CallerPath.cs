/// <summary>Paths as the operator meant them: relative to where they stood when they called <c>build.sh</c>, which changes to its own directory.</summary>
internal static class CallerPath
{
    public static string Directory =>
        Environment.GetEnvironmentVariable("RELAYOPS_CALLER_DIRECTORY") is { Length: > 0 } caller ? caller : Environment.CurrentDirectory;

    public static string Resolve(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        return Path.GetFullPath(path, Directory);
    }

    /// <summary>For parameters that are a path or a text: a text of several lines is no path, nor is an age identity.</summary>
    public static string? ResolveUnlessText(string? pathOrText) =>
        pathOrText is null || pathOrText.Contains('\n') || pathOrText.StartsWith("AGE-", StringComparison.OrdinalIgnoreCase) ? pathOrText : Resolve(pathOrText);
}
