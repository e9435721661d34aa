using System.ComponentModel;
using System.Diagnostics;
using RelayOps.Core;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>A channel that is a process of this machine: the shell itself, or the ssh client that stands for it.</summary>
internal sealed class ProcessChannel : IShellChannel
{
    private readonly Process _process;
    private readonly Stream _error;

    private ProcessChannel(Process process, Func<int, Task<ChannelExit>> interpret)
    {
        _process = process;
        Input = process.StandardInput.BaseStream;
        Output = process.StandardOutput.BaseStream;
        _error = process.StandardError.BaseStream;
        Error = new ErrorTail(_error);
        Completion = CompleteAsync(interpret);
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public ErrorTail Error { get; }

    public Task<ChannelExit> Completion { get; }

    /// <exception cref="RelayOpsException">The program is missing (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static ProcessChannel Start(ProcessStartInfo start, Func<int, Task<ChannelExit>> interpret)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        try
        {
            return new ProcessChannel(Process.Start(start)!, interpret);
        }
        catch (Win32Exception e)
        {
            throw new RelayOpsException($"cannot start {start.FileName}", e.Message, $"install {start.FileName} and have it on the PATH", ExitStatus.WrongUse, e);
        }
    }

    /// <summary>The operating system's pipes hold a fast command back; nothing is needed.</summary>
    public void Attach(int group)
    {
    }

    /// <summary>KILL: an ssh client would hand a TERM on to the connection that all commands share.</summary>
    public void Abort()
    {
        try
        {
            if (!Completion.IsCompleted)
                _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // Ended in between.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(Input).ConfigureAwait(false);
        await CloseAsync(Output).ConfigureAwait(false);
        await CloseAsync(_error).ConfigureAwait(false);
        // The runtime reaps it whenever it ends, and the handle goes with it.
        _ = Completion.ContinueWith(_ => _process.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task CloseAsync(Stream stream)
    {
        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A broken pipe on closing: the other side was faster.
        }
    }

    private async Task<ChannelExit> CompleteAsync(Func<int, Task<ChannelExit>> interpret)
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return await interpret(_process.ExitCode).ConfigureAwait(false);
    }
}
