using System.Globalization;
using System.Text;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <param name="Tool">How the command line of the tool that needs it begins.</param>
/// <param name="Option">What else stands in it.</param>
internal sealed record WatchedSecret(string Text, string Tool, string Option)
{
    /// <summary>It is told in its environment.</summary>
    public bool ToolMayKnow { get; init; }

    /// <summary>A process of the test that has it as well.</summary>
    public int? Apart { get; init; }
}

/// <summary>Looks, again and again while a run lasts, at what other users and later runs could find of a secret.</summary>
/// <param name="SawTool">Whether it looked often enough to meet the tool.</param>
/// <param name="Leaks">Where the secret was.</param>
internal sealed record ProcessWatch(bool SawTool, IReadOnlyCollection<string> Leaks)
{
    public static async Task<ProcessWatch> UntilEndAsync(int run, WatchedSecret watched, CancellationToken cancellationToken)
    {
        var secret = watched.Text;
        var leaks = new HashSet<string>();
        var sawTool = false;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Directory.Exists($"/proc/{run}") && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var own = Read($"/proc/{run}/cmdline");
            foreach (var process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out var id) && id != watched.Apart))
            {
                var commandLine = Read(process + "/cmdline");
                var isTool = commandLine.StartsWith(watched.Tool + "\0", StringComparison.Ordinal) && commandLine.Contains(watched.Option, StringComparison.Ordinal);
                sawTool |= isTool;
                // The run itself was given it in its environment, which nobody else may read. A child is the run, memory and all, until its exec.
                if (commandLine.Contains(secret, StringComparison.Ordinal)
                    || (process != $"/proc/{run}" && !(isTool && watched.ToolMayKnow) && commandLine != own && Read(process + "/environ").Contains(secret, StringComparison.Ordinal) && Read(process + "/cmdline") == commandLine))
                    leaks.Add(commandLine);
            }

            leaks.UnionWith(DirectoriesOf(run).SelectMany(Files).Where(file => Read(file).Contains(secret, StringComparison.Ordinal)));
        }

        return new ProcessWatch(sawTool, leaks);
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
