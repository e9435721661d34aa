using System.Globalization;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>These tests as a program: copies the one backup of a directory to GitHub's releases as RelayOps does, and says how much memory that took.</summary>
internal static class UploadProgram
{
    /// <param name="arguments">GitHub's address and the directory. The token is in <c>GITHUB_TOKEN</c>.</param>
    public static async Task<int> Main(string[] arguments)
    {
        var connection = new GitHubConnection
        {
            Repository = GitHubRepository.Parse("o/r"),
            Token = Environment.GetEnvironmentVariable("GITHUB_TOKEN"),
            ApiUrl = new Uri(arguments[0]),
        };
        var local = new LocalDirectoryStore(arguments[1], SilentReporter.Instance);
        using var releases = new ReleaseStore(connection, allowPlaintext: true, SilentReporter.Instance);

        var backup = Assert.Single(await local.ListAsync(CancellationToken.None));
        await releases.PutAsync(new CataloguedBackup(local, backup), CancellationToken.None);

        // The kernel's own high-water mark of what was resident: the runtime, the heap and every buffer.
        var peak = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Console.WriteLine(long.Parse(peak[^2], CultureInfo.InvariantCulture) * 1024);
        return 0;
    }
}
