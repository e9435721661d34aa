using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Deployments;

/// <summary>What a backup meets in the field and must not stumble over.</summary>
public static class OddFiles
{
    /// <summary>
    /// Puts into <c>data/odd</c> and <c>logs</c>: a socket, a fifo, a sparse file of 64 MiB, a symbolic link (sound, broken, leading out),
    /// a hard link, a file that only root reads, an empty directory, names with blanks, quotes, a line end, a leading dash,
    /// non-ASCII and non-UTF-8 bytes, and the safety copy of an earlier restore.
    /// </summary>
    public static Task AddAsync(string deploymentPath, CancellationToken cancellationToken) =>
        Shell.RunAsRootAsync("sh", ["-c", Resource.Text("odd-files.sh"), "odd-files.sh", deploymentPath], cancellationToken);
}
