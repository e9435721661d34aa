using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Rclone;

/// <summary>An rclone that serves s3, beside the machine's own: that of a stable release is years old.</summary>
public static class NewerRclone
{
    /// <returns>
    /// The machine's own where it serves s3; else one that is fetched once for a build of the tests; null where the mirror has none that runs
    /// here, which no change of ours can help.
    /// </returns>
    public static async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        await RcloneServer.EnsureInstalledAsync();
        if (await ServesAsync("rclone", cancellationToken))
            return "rclone";
        var target = Path.Combine(AppContext.BaseDirectory, "newer-rclone");
        var fetched = await Shell.TryAsync(new ShellCommand("sh", ["-c", Resource.Text("newer-rclone.sh"), "newer-rclone.sh", target]), cancellationToken);
        var program = Path.Combine(target, "usr", "bin", "rclone");
        return fetched.Status == 0 && await ServesAsync(program, cancellationToken) ? program : null;
    }

    /// <summary>An older one answers with the help of what it does know.</summary>
    private static async Task<bool> ServesAsync(string program, CancellationToken cancellationToken) =>
        (await Shell.TryAsync(new ShellCommand(program, ["serve", "s3", "--help"]), cancellationToken)) is { Status: 0, Output: var help } && help.Contains("--auth-key", StringComparison.Ordinal);
}
