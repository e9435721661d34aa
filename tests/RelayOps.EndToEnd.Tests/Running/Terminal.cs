using System.Diagnostics;
using System.Text;
using RelayOps.Core.Hosts;
using RelayOps.Testing.Processes;

namespace RelayOps.EndToEnd.Tests.Running;

/// <summary>RelayOps on a terminal, a pseudo one of <c>script</c>'s, with somebody who reads and types.</summary>
public sealed class Terminal : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Terminal(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Everything that was printed so far.</summary>
    public string Screen
    {
        get
        {
            lock (_screen)
                return _screen.ToString();
        }
    }

    public static Terminal Start(params ReadOnlySpan<string> arguments) =>
        On(HostCommand.Changing("env", ["TERM=xterm", "NO_COLOR=1", "dotnet", RelayOpsProcess.Assembly, .. arguments, "--no-logo"]));

    /// <summary>Whatever else an operator types there.</summary>
    public static Terminal On(HostCommand line) => new(Process.Start(new ProcessStartInfo("script", ["-qefc", line.ToString(), "/dev/null"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        WorkingDirectory = RelayOpsProcess.Root,
    })!);

    /// <summary>Waits for a question, and answers it.</summary>
    public async Task AnswerAsync(string question, string answer)
    {
        await ReadUntilAsync(question);
        await TypeAsync(answer);
    }

    /// <summary>The same for what must not be seen: the echo is turned off a moment after the question.</summary>
    public async Task AnswerUnseenAsync(string question, string answer)
    {
        await ReadUntilAsync(question);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Shell.RunAsync("sh", ["-c", """until stty -F "/dev/$(ps -o tty= --ppid "$1" | head -n 1)" -a | grep -q -e ' -echo '; do sleep 0.02; done""", "sh", $"{_process.Id}"], patience.Token);
        await TypeAsync(answer);
    }

    private async Task TypeAsync(string answer)
    {
        await _process.StandardInput.WriteAsync(answer + "\n");
        await _process.StandardInput.FlushAsync();
    }

    private async Task ReadUntilAsync(string question)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            Task more;
            lock (_screen)
            {
                if (_screen.ToString().Contains(question, StringComparison.Ordinal))
                    break;
                more = _more.Task;
            }

            Assert.False(_reading.IsCompleted, $"it ended without asking '{question}':\n{Screen}");
            await Task.WhenAny(more, _reading).WaitAsync(patience.Token);
        }
    }

    public async Task<RelayOpsResult> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        await _reading;
        return new RelayOpsResult(_process.ExitCode, Screen, "");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is var read and > 0)
        {
            lock (_screen)
            {
                _screen.Append(buffer, 0, read);
                _more.TrySetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
