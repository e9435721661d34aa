using System.IO.Pipelines;
using RelayOps.Adapters.Hosts.Shell;
using Renci.SshNet;

namespace RelayOps.Adapters.Hosts.SshNet;

/// <summary>
/// One command of SSH.NET. Writing to it blocks while the server takes nothing, so a thread moves the input from a bounded pipe.
/// </summary>
internal sealed class SshNetChannel : IShellChannel
{
    private static readonly PipeOptions Bounded = new(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);

    private readonly SshCommand _command;
    private readonly Func<Keeper?> _keeper;
    private readonly Pipe _input = new(Bounded);
    private readonly HeldOutput _output;
    private readonly HeldOutput _error;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _group;

    private SshNetChannel(SshCommand command, Func<Keeper?> keeper)
    {
        _command = command;
        _keeper = keeper;
        _output = new HeldOutput(Signal);
        _error = new HeldOutput(Signal);
        Replace(nameof(SshCommand.OutputStream), _output);
        Replace(nameof(SshCommand.ExtendedOutputStream), _error);
        Completion = CompleteAsync(command.ExecuteAsync(CancellationToken.None));
        Input = new PipeInput(_input.Writer);
        Output = _output.OpenReader();
        Error = new ErrorTail(_error.OpenReader());
        var input = command.CreateInputStream();
        new Thread(() => PumpIn(_input.Reader, input)) { IsBackground = true, Name = "ssh input" }.Start();
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public ErrorTail Error { get; }

    public Task<ChannelExit> Completion { get; }

    /// <summary>Blocks for the round trips that opening takes.</summary>
    public static SshNetChannel Start(SshCommand command, Func<Keeper?> keeper) => new(command, keeper);

    public void Attach(int group) => Volatile.Write(ref _group, group);

    /// <summary>Ends it here, as the library waits for a network that may never answer.</summary>
    public void Lose()
    {
        _lost.TrySetResult();
        _output.Dispose();
        _error.Dispose();
    }

    public void Abort() => _ = DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _input.Writer.CompleteAsync().ConfigureAwait(false);
        // Waits for the server to close its side, hence not on the caller's time.
        _ = Task.Run(_command.Dispose);
    }

    /// <summary>The library offers no other way to see output as it comes: the property is readable only. The version is pinned.</summary>
    private void Replace(string property, Stream stream)
    {
        var original = (Stream)typeof(SshCommand).GetProperty(property)!.GetValue(_command)!;
        typeof(SshCommand).GetProperty(property)!.SetValue(_command, stream);
        original.Dispose();
    }

    private void Signal(string name)
    {
        if (_keeper() is { } keeper && Volatile.Read(ref _group) is > 0 and var group && !Completion.IsCompleted)
            _ = keeper.SignalAsync(name, group);
    }

    private async Task<ChannelExit> CompleteAsync(Task executing)
    {
        try
        {
            if (await Task.WhenAny(executing, _lost.Task).ConfigureAwait(false) == _lost.Task)
                return new ChannelExit(ChannelOutcome.Lost);
            await executing.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The library fails a command only when its connection fails, with exceptions of many types.
            return new ChannelExit(ChannelOutcome.Lost);
        }
        finally
        {
            // Nobody takes input any more: whoever still writes gets a broken pipe.
            await _input.Reader.CompleteAsync().ConfigureAwait(false);
        }

        return _command.ExitStatus is { } status
            ? new ChannelExit(ChannelOutcome.Exited, status)
            : new ChannelExit(ChannelOutcome.Signalled, null, _command.ExitSignal);
    }

    private static void PumpIn(PipeReader from, Stream to)
    {
        try
        {
            while (true)
            {
                var result = from.ReadAsync().AsTask().GetAwaiter().GetResult();
                foreach (var segment in result.Buffer)
                    to.Write(segment.Span);
                from.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                    break;
            }

            to.Dispose();
        }
        catch (Exception)
        {
            // The channel or the connection is closed (the library has many words for it); the exit status tells which.
        }
    }
}
