using RelayOps.Testing.Processes;

namespace RelayOps.Testing;

/// <summary>The programs of <c>tests/workflows</c> with the node packages that its lock file names.</summary>
public static class NodePackages
{
    private static readonly SemaphoreSlim Once = new(1);
    private static bool present;

    /// <summary>Where the programs are, and below it <c>node_modules</c>.</summary>
    public static string Directory { get; } = Path.Combine(FindRoot(), "tests", "workflows");

    /// <summary>Returns when everything is there, of the very versions that the lock file names; test processes side by side install once.</summary>
    public static async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await Once.WaitAsync(cancellationToken);
        try
        {
            if (present)
                return;
            await Prerequisites.EnsureAsync([("node", "nodejs"), ("npm", "npm"), ("flock", "util-linux")], cancellationToken);
            // npm writes its own list last. Nothing of a package is run while it is installed.
            const string install = "[ node_modules/.package-lock.json -nt package-lock.json ] || exec npm ci --ignore-scripts --no-audit --no-fund";
            await Shell.RunAsync(new ShellCommand("flock", ["package-lock.json", "sh", "-c", install]) { Directory = Directory }, cancellationToken);
            present = true;
        }
        finally
        {
            Once.Release();
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RelayOps.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("not below RelayOps' own directory");
        return directory.FullName;
    }
}
