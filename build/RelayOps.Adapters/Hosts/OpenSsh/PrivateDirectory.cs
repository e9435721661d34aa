using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RelayOps.Adapters.Hosts.OpenSsh;

/// <summary>
/// A directory of mode 0700 for a key, known hosts and the control socket, removed on disposal. Its name tells whose it is, so that the
/// next start removes what a killed run left behind.
/// </summary>
internal sealed class PrivateDirectory : IDisposable
{
    /// <summary>A socket's path is limited to 104 bytes, and ssh adds 17 while it makes the socket.</summary>
    private const int MaxPath = 80;

    private PrivateDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>Machine and user, so that containers which share /tmp leave each other's directories alone.</summary>
    private static string Prefix
    {
        get
        {
            var owner = SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName + "\0" + Environment.UserName));
            return "relayops-" + Convert.ToHexStringLower(owner.AsSpan(0, 4)) + "-";
        }
    }

    public static PrivateDirectory Create()
    {
        using var self = Process.GetCurrentProcess();
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{self.Id}-{StartOf(self)}-");
        var root = Root();
        RemoveLeftovers(root);
        if (OperatingSystem.IsWindows() || root == System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetTempPath()))
            return new PrivateDirectory(Directory.CreateTempSubdirectory(name).FullName);
        var path = System.IO.Path.Combine(root, name + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new PrivateDirectory(path);
    }

    /// <summary>Writes a file of mode 0600 (or 0700) that nobody could open before.</summary>
    public string Write(string name, string text, bool executable = false) => Write(name, Encoding.UTF8.GetBytes(text), executable);

    /// <inheritdoc cref="Write(string, string, bool)"/>
    public string Write(string name, byte[] content, bool executable = false)
    {
        var path = System.IO.Path.Combine(Path, name);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (executable ? UnixFileMode.UserExecute : UnixFileMode.None);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using var file = new FileStream(path, options);
        file.Write(content);
        return path;
    }

    public void Dispose() => Remove(Path);

    private static string Root()
    {
        var temporary = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetTempPath());
        return Encoding.UTF8.GetByteCount(temporary) + 45 <= MaxPath ? temporary : "/tmp";
    }

    /// <summary>Only directories of processes that are dead: the number may have gone to another process since, hence the start time.</summary>
    private static void RemoveLeftovers(string root)
    {
        foreach (var path in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            var parts = System.IO.Path.GetFileName(path)[Prefix.Length..].Split('-');
            if (parts.Length == 3 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var id)
                && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var started) && !IsAlive(id, started))
            {
                Remove(path);
            }
        }
    }

    private static bool IsAlive(int id, long started)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return StartOf(process) == started;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// In clock ticks since the boot on Linux: exact for every reader. A time of day would be computed from the boot's, which moves whenever the
    /// clock is set, and a run that seems dead loses its key in the middle of its work.
    /// </summary>
    private static long StartOf(Process process)
    {
        if (!OperatingSystem.IsLinux())
            return new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();
        var stat = File.ReadAllText($"/proc/{process.Id}/stat");
        // Field 22 of proc(5), counted behind the program's name, which may hold anything.
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
    }

    private static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another run removes the same leftovers, or it is not ours to remove.
        }
    }
}
