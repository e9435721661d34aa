using System.Diagnostics;
using System.Xml.Linq;
using RelayOps.Core;

/// <summary>How RelayOps itself is built, tested and measured.</summary>
internal sealed class Development(string root)
{
    private string Solution => Path.Combine(root, "RelayOps.sln");

    private string Results => Path.Combine(root, "artifacts", "tests");

    /// <summary>The set of dependencies this very assembly was built with: <c>build/bin/packages</c> or <c>build/bin/bundled</c>.</summary>
    private static string Mode => $"-p:RelayOpsDependencies={Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))}";

    public Task CompileAsync(CancellationToken cancellationToken) =>
        DotnetAsync("the build", cancellationToken, "build", Solution, Mode, "-nologo", "-v", "q", "-clp:NoSummary");

    /// <summary>One project after the other: they share two cores with the servers they start.</summary>
    public async Task<TestTally> TestAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(Results))
            Directory.Delete(Results, recursive: true);
        var status = await RunAsync(cancellationToken,
            "test", Solution, Mode, "--no-build", "-m:1", "-nologo", "--logger", "trx", "--logger", "console;verbosity=minimal", "--results-directory", Results);
        var tally = TestTally.Read(Results);
        return status == 0 || tally.Failed > 0 ? tally : tally with { Failed = 1 };
    }

    public Task CheckFormatAsync(CancellationToken cancellationToken) =>
        DotnetAsync("the check of the format", cancellationToken, "format", Solution, "--verify-no-changes", "--no-restore");

    public Task BenchmarkAsync(CancellationToken cancellationToken) =>
        DotnetAsync("the benchmark", cancellationToken,
            "run", "-c", "Release", Mode, "--project", Path.Combine(root, "tests", "RelayOps.Benchmarks"), "--", Path.Combine(root, "artifacts", "benchmark.md"));

    private async Task DotnetAsync(string what, CancellationToken cancellationToken, params string[] arguments)
    {
        if (await RunAsync(cancellationToken, arguments) is var status and not 0)
            throw new RelayOpsException($"{what} failed", $"dotnet {arguments[0]} ended with {status}", "its own lines above say why");
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = root };
        // The command line beats the environment, and a build must not wait for a server of an earlier one.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>What the test runs reported; a skipped test counts as failed, since its server could have been installed.</summary>
internal sealed record TestTally(int Passed, int Failed)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public override string ToString() => $"{Passed} passed, {Failed} failed";

    public static TestTally Read(string directory)
    {
        var counters = (Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.trx", SearchOption.AllDirectories) : [])
            .SelectMany(file => XDocument.Load(file).Descendants(Trx + "Counters")).ToList();
        var total = counters.Sum(counter => (int)counter.Attribute("total")!);
        var passed = counters.Sum(counter => (int)counter.Attribute("passed")!);
        return new TestTally(passed, total - passed);
    }
}
