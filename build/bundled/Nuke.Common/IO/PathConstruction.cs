namespace Nuke.Common.IO;

public static class PathConstruction
{
    public static bool HasPathRoot(string path) => path is not null && RootOf(path) is not null;

    /// <summary>From one path to another, with the separators of this system.</summary>
    public static RelativePath GetRelativePathTo(this AbsolutePath basePath, string destinationPath) =>
        new(Path.GetRelativePath(basePath, destinationPath));

    public static bool Contains(this AbsolutePath basePath, string destinationPath)
    {
        var inner = Normalize(destinationPath).Split('/', '\\');
        var outer = Normalize(basePath).TrimEnd('/', '\\').Split('/', '\\');
        return inner.Take(outer.Length).SequenceEqual(outer);
    }

    /// <summary>Without empty, <c>.</c> and <c>..</c> parts; both kinds of slash count, and the root says which one is written.</summary>
    internal static string Normalize(string path)
    {
        var root = RootOf(path) ?? throw new ArgumentException($"Path '{path}' must be rooted");
        var separator = root == "/" ? '/' : '\\';
        var parts = new List<string>();
        foreach (var part in path[root.Length..].Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
                RemoveLast(parts, path);
            else if (part != ".")
                parts.Add(part);
        }

        var tail = string.Join(separator, parts);
        return root == "/" ? root + tail : tail.Length > 0 ? $"{root}\\{tail}" : root + (root.Length == 2 ? "\\" : string.Empty);
    }

    /// <summary><c>/</c>, <c>C:</c> or <c>\\server</c>.</summary>
    internal static string RootOf(string path)
    {
        if (path.StartsWith('/'))
            return "/";
        if (path.Length >= 2 && char.IsLetter(path[0]) && path[1] == ':')
            return path[..2];
        if (path.Length < 3 || !path.StartsWith(@"\\", StringComparison.Ordinal) || !char.IsLetterOrDigit(path[2]))
            return null;

        var end = path.IndexOf('\\', 2);
        return end < 0 ? path : path[..end];
    }

    private static void RemoveLast(List<string> parts, string path)
    {
        if (parts.Count == 0)
            throw new ArgumentException($"Cannot normalize '{path}' beyond path root");
        parts.RemoveAt(parts.Count - 1);
    }
}
