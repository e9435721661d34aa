namespace Nuke.Common.Utilities;

/// <summary>Turns <c>BackupId</c> into <c>backup-id</c>; names of products stay in one piece.</summary>
internal static class CamelHumps
{
    private static readonly string[] KnownWords =
    [
        "DotNet", "GitHub", "GitVersion", "MSBuild", "NuGet", "ReSharper", "AppVeyor", "TeamCity", "GitLab", "SignPath", "JetBrains",
    ];

    public static string Dashed(string name)
    {
        var humps = new List<string>();
        for (var start = 0; start < name.Length;)
        {
            var length = LengthOfHump(name.AsSpan(start));
            humps.Add(name.Substring(start, length));
            start += length;
        }

        return string.Join('-', humps).ToLowerInvariant();
    }

    private static int LengthOfHump(ReadOnlySpan<char> rest)
    {
        foreach (var word in KnownWords)
        {
            if (rest.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return word.Length;
        }

        var length = 1;
        while (length < rest.Length && !(char.IsUpper(rest[length]) && char.IsLower(rest[length - 1])) && !StartsWithKnownWord(rest[length..]))
            length++;
        return length;
    }

    private static bool StartsWithKnownWord(ReadOnlySpan<char> rest)
    {
        foreach (var word in KnownWords)
        {
            if (rest.StartsWith(word, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
