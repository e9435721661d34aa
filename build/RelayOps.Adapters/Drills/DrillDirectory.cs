using System.Diagnostics;
using System.Globalization;

namespace RelayOps.Adapters.Drills;

/// <summary>The directory of a drill, 0700, named after the process that made it: what a killed one left is found and removed.</summary>
internal static class DrillDirectory
{
    private const string Prefix = "relayops-drill-";

    /// <summary>Redis writes its process id here.</summary>
    public const string PidFile = "redis.pid";

    public static string Create(string parent)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Random.Shared.Next():x}");
        var path = Path.Combine(parent, name);
        // On Windows a user's own temporary directory is closed to others by inheritance.
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path).FullName
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    public static void RemoveAbandoned(string parent)
    {
        if (!Directory.Exists(parent))
            return;
        foreach (var directory in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            if (!IsAbandoned(Path.GetFileName(directory)))
                continue;
            try
            {
                EndAbandoned(directory);
                Directory.Delete(directory, recursive: true);
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's: theirs to remove.
            }
        }
    }

    /// <summary>Whether a directory's name is a drill's whose process has gone.</summary>
    public static bool IsAbandoned(string name) => name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name[Prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && !IsAlive(pid);

    /// <summary>A Redis outlives the killed process that started it. It names its socket, and so this directory, in its title.</summary>
    private static void EndAbandoned(string directory)
    {
        var file = Path.Combine(directory, PidFile);
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid))
            return;
        var title = $"/proc/{pid}/cmdline";
        if (!File.Exists(title) || !File.ReadAllText(title).Contains(directory, StringComparison.Ordinal))
            return;
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

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
