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

    /// <summary>For parameters that are a path or a text: several lines are no path, nor are an age identity and a host key, which as secrets have lost their line end.</summary>
    public static string? ResolveUnlessText(string? pathOrText) => pathOrText is null || IsText(pathOrText) ? pathOrText : Resolve(pathOrText);

    private static bool IsText(string pathOrText) => pathOrText.Contains('\n') || pathOrText.Contains(" ssh-") || pathOrText.Contains(" ecdsa-sha2-")
        || pathOrText.StartsWith("AGE-", StringComparison.OrdinalIgnoreCase);
}
