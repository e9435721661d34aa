using System.Globalization;
using System.Text;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>Looks, again and again while a run lasts, at what other users and later runs could find of a secret.</summary>
/// <param name="SawGpg">Whether it looked often enough to meet the tool.</param>
/// <param name="Leaks">Where the secret was.</param>
internal sealed record ProcessWatch(bool SawGpg, IReadOnlyCollection<string> Leaks)
{
    public static async Task<ProcessWatch> UntilEndAsync(int run, string secret, CancellationToken cancellationToken)
    {
        var leaks = new HashSet<string>();
        var sawGpg = false;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Directory.Exists($"/proc/{run}") && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var own = Read($"/proc/{run}/cmdline");
            foreach (var process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
            {
                var commandLine = Read(process + "/cmdline");
                sawGpg |= commandLine.StartsWith("gpg\0", StringComparison.Ordinal) && commandLine.Contains("--symmetric", StringComparison.Ordinal);
                // The run itself was given it in its environment, which nobody else may read. A child is the run, memory and all, until its exec.
                if (commandLine.Contains(secret, StringComparison.Ordinal)
                    || (process != $"/proc/{run}" && commandLine != own && Read(process + "/environ").Contains(secret, StringComparison.Ordinal) && Read(process + "/cmdline") == commandLine))
                    leaks.Add(commandLine);
            }

            leaks.UnionWith(DirectoriesOf(run).SelectMany(Files).Where(file => Read(file).Contains(secret, StringComparison.Ordinal)));
        }

        return new ProcessWatch(sawGpg, leaks);
    }

    /// <summary>The private directories of a run, by their names.</summary>
    public static IEnumerable<string> DirectoriesOf(int run) =>
        Directory.GetDirectories(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"relayops-*-{run}-*"));

    public static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended, or was removed, in between.
            return "";
        }
    }

    private static string[] Files(string directory)
    {
        try
        {
            return Directory.GetFiles(directory);
        }
        catch (IOException)
        {
            // It is gone, as it should be.
            return [];
        }
    }
}
