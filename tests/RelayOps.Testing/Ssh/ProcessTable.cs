using System.Diagnostics;
using System.Globalization;

namespace RelayOps.Testing.Ssh;

/// <summary>Reads of <c>/proc</c>, for tests that must know whether a process still lives.</summary>
public static class ProcessTable
{
    /// <summary>False for a zombie too: it runs no more.</summary>
    public static bool IsAlive(int id) => Fields(id) is { } fields && fields[0] is not ("Z" or "X");

    public static string NameOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Children, their children and so on.</summary>
    public static IReadOnlyList<int> Descendants(int id)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var child) ? child : 0)
            .Where(child => child > 0)
            .ToLookup(child => Fields(child) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0);
        List<int> found = [];
        void Collect(int parent)
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                Collect(child);
            }
        }

        Collect(id);
        return found;
    }

    public static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended already.
        }
    }

    /// <summary>Waits until the process is gone; the caller's token ends a wait that would never succeed.</summary>
    public static async Task UntilGoneAsync(int id, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (IsAlive(id))
            await timer.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>The fields of <c>stat</c> that follow the name: state, parent, …</summary>
    private static string[]? Fields(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
