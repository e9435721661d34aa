using System.Text;

namespace RelayOps.Core.Archives;

/// <summary>Names inside an archive: relative, with '/', and never out of it.</summary>
public static class EntryPath
{
    /// <summary>PATH_MAX and NAME_MAX of Linux, in bytes.</summary>
    public const int LongestPath = 4096, LongestSegment = 255;

    /// <summary>Drops <c>.</c> segments, doubled and trailing slashes. An empty result is the archive's own top.</summary>
    /// <param name="problem">Why the name cannot be accepted, or null.</param>
    public static string Normalise(string name, out string? problem)
    {
        problem = null;
        if (name.StartsWith('/'))
            problem = "its name is an absolute path";
        else if (Encoding.UTF8.GetByteCount(name) > LongestPath)
            problem = $"its name is longer than {LongestPath} bytes";
        else if (name.AsSpan().ContainsAnyInRange('\0', '\x1f') || name.Contains('\x7f', StringComparison.Ordinal))
            problem = "its name has control characters";
        if (problem is not null)
            return "";

        var segments = name.Split('/').Where(segment => segment is not ("" or ".")).ToArray();
        if (segments.Contains(".."))
            problem = "its name leads out of the archive";
        else if (segments.Any(segment => Encoding.UTF8.GetByteCount(segment) > LongestSegment))
            problem = $"a part of its name is longer than {LongestSegment} bytes";
        return problem is null ? string.Join('/', segments) : "";
    }

    /// <summary>
    /// Whether a symbolic link at <paramref name="path"/> stays below the top wherever other links lead: going up is allowed
    /// at the beginning alone, where every directory is a real one.
    /// </summary>
    public static bool StaysInside(string path, string target)
    {
        if (target.Length is 0 or > LongestPath || target.StartsWith('/') || target.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            return false;
        var segments = target.Split('/').Where(segment => segment is not ("" or ".")).ToArray();
        var up = segments.TakeWhile(segment => segment == "..").Count();
        return up <= path.Count(c => c == '/') && !segments.Skip(up).Contains("..");
    }

    /// <summary>A name as it may be shown: hostile ones are cut and lose their control characters.</summary>
    public static string Shown(string name)
    {
        var cut = name.Length > 120 ? name[..120] + "…" : name;
        return string.Create(cut.Length, cut, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        });
    }
}
