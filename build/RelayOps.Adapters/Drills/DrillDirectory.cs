using System.Diagnostics;
using System.Globalization;

namespace RelayOps.Adapters.Drills;

/// <summary>The directory of a drill: what a killed one left is found and removed.</summary>
internal static class DrillDirectory
{
    private const string Prefix = "relayops-drill-";

    /// <summary>Redis writes its process id here.</summary>
    public const string PidFile = "redis.pid";

    public static string Create(string parent) => OwnedDirectory.Create(parent, Prefix);

    public static void RemoveAbandoned(string parent)
    {
        foreach (var directory in OwnedDirectory.ListAbandoned(parent, Prefix))
        {
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
    public static bool IsAbandoned(string name) => OwnedDirectory.IsAbandoned(name, Prefix);

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
}
