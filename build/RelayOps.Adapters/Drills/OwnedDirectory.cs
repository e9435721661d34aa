using System.Diagnostics;
using System.Globalization;

namespace RelayOps.Adapters.Drills;

/// <summary>Temporary directories, 0700, named after the process that made them, so that what a killed one left is known for it.</summary>
internal static class OwnedDirectory
{
    public static string Create(string parent, string prefix)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{Environment.ProcessId}-{Random.Shared.Next():x}");
        var path = Path.Combine(parent, name);
        // On Windows a user's own temporary directory is closed to others by inheritance.
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path).FullName
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    /// <summary>Those whose process has gone.</summary>
    public static IEnumerable<string> ListAbandoned(string parent, string prefix) => !Directory.Exists(parent) ? []
        : Directory.EnumerateDirectories(parent, prefix + "*").Where(directory => IsAbandoned(Path.GetFileName(directory), prefix));

    public static bool IsAbandoned(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(name[prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && !IsAlive(pid);

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
