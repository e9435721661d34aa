using System.Diagnostics;
using System.Text.Json;
using RelayOps.Testing;
using RelayOps.Testing.Users;

namespace RelayOps.Benchmarks;

/// <summary>The built RelayOps that is measured: of the same checkout and the same set of dependencies as this program.</summary>
internal static class Product
{
    public static string Assembly
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            var mode = directory.Name;
            while (!File.Exists(Path.Combine(directory.FullName, "RelayOps.sln")))
                directory = directory.Parent ?? throw new InvalidOperationException("no checkout of RelayOps around this program");
            return Path.Combine(directory.FullName, "build", "bin", mode, "_build.dll");
        }
    }

    /// <summary>What an operator types for a deployment on the bed; the report goes into the store's directory.</summary>
    public static string[] Reaching(TestBed bed, string path, string store) =>
        ["--server", $"{ServerUsers.Docker.Name}@127.0.0.1:{bed.Sshd.Port}", "--ssh-key", bed.Sshd.KeyFile, "--known-hosts", bed.Sshd.KnownHosts,
         "--deployment-path", path, "--backup-directory", store, "--report", Path.Combine(store, "report.json")];

    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Assembly, .. arguments, "--no-logo"]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}:\n{output}");
    }

    /// <summary>A number of the newest report.</summary>
    public static async Task<double> ReadReportAsync(string store, string member, CancellationToken cancellationToken)
    {
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(store, "report.json"), cancellationToken));
        return report.RootElement.GetProperty(member).GetDouble();
    }
}
