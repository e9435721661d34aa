using System.Diagnostics;
using System.Text;

namespace RelayOps.EndToEnd.Tests.Running;

/// <summary>How a run of RelayOps ended.</summary>
public sealed record RelayOpsResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs RelayOps as an operator does: the built assembly that <c>build.sh</c> would execute, as a process of its own.</summary>
public sealed class RelayOpsProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly StringBuilder _seen = new();
    private readonly List<(string Text, TaskCompletionSource Told)> _awaited = [];

    private RelayOpsProcess(Process process)
    {
        _process = process;
        _output = Task.Run(() => ReadAsync(process.StandardOutput));
        _error = Task.Run(() => ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    /// <summary>The checkout these tests were built in.</summary>
    public static string Root { get; } = FindRoot();

    internal static string Assembly => Path.Combine(
        Root, "build", "bin", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "_build.dll");

    public static RelayOpsProcess Start(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        // A test run in the background of a shell ignores SIGINT, and would hand that down. Core files are as large as they may be.
        var start = new ProcessStartInfo("sh", ["-c", "ulimit -S -c \"$(ulimit -H -c)\" && exec env --default-signal=INT,TERM dotnet \"$@\"", "sh", Assembly, .. arguments, "--no-logo"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Root,
        };
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new RelayOpsProcess(process);
    }

    public static async Task<RelayOpsResult> RunAsync(params IEnumerable<string> arguments)
    {
        await using var process = Start(new Dictionary<string, string>(), arguments);
        return await process.WaitAsync();
    }

    /// <summary>Returns when the run has printed the text.</summary>
    public async Task SaysAsync(string text)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_seen)
        {
            if (_seen.ToString().Contains(text, StringComparison.Ordinal))
                return;
            _awaited.Add((text, told));
        }

        var first = await Task.WhenAny(told.Task, _process.WaitForExitAsync()).WaitAsync(TimeSpan.FromSeconds(60));
        if (first == told.Task)
            return;
        // What it said last may be read after its end.
        await WaitAsync();
        if (!told.Task.IsCompleted)
            Assert.Fail($"it ended without saying '{text}':\n{await WaitAsync()}");
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public Task<RelayOpsResult> WaitAsync() => WaitAsync(TimeSpan.FromMinutes(3));

    public async Task<RelayOpsResult> WaitAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return new RelayOpsResult(_process.ExitCode, await _output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> ReadAsync(StreamReader reader)
    {
        var all = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            all.Append(line).Append('\n');
            lock (_seen)
            {
                _seen.Append(line).Append('\n');
                foreach (var (_, told) in _awaited.Where(one => line.Contains(one.Text, StringComparison.Ordinal)))
                    told.TrySetResult();
            }
        }

        return all.ToString();
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "RelayOps.sln")))
            directory = directory.Parent;
        return directory.FullName;
    }
}
