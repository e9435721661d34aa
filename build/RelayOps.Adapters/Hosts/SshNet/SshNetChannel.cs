using System.IO.Pipelines;
using RelayOps.Adapters.Hosts.Shell;
using Renci.SshNet;

namespace RelayOps.Adapters.Hosts.SshNet;

/// <summary>
/// One command of SSH.NET. The library's calls block, so each stream has a thread that moves bytes to or from a bounded pipe. The library
/// also collects all output that nobody takes, without limit: <see cref="Balance"/> holds the command itself instead.
/// </summary>
internal sealed class SshNetChannel : IShellChannel
{
    /// <summary>What may wait unread before the command is held, and what must be left before it goes on.</summary>
    private const long HoldAbove = 8 << 20, GoOnBelow = 2 << 20;

    private static readonly PipeOptions Bounded = new(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);

    private readonly SshCommand _command;
    private readonly Pipe _input = new(Bounded);
    private readonly Pipe _output = new(Bounded);
    private readonly Pipe _error = new(Bounded);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _group;
    private bool _held;

    private SshNetChannel(SshCommand command, Task executing)
    {
        _command = command;
        Completion = CompleteAsync(executing);
        Input = new PipeInput(_input.Writer);
        Output = _output.Reader.AsStream();
        Error = new ErrorTail(_error.Reader.AsStream());
        var input = command.CreateInputStream();
        Run("input", () => PumpIn(_input.Reader, input));
        Run("output", () => PumpOut(command.OutputStream, _output.Writer));
        Run("error", () => PumpOut(command.ExtendedOutputStream, _error.Writer));
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public ErrorTail Error { get; }

    public Task<ChannelExit> Completion { get; }

    /// <summary>Blocks for the round trips that opening takes.</summary>
    public static SshNetChannel Start(SshCommand command) => new(command, command.ExecuteAsync(CancellationToken.None));

    public void Attach(int group) => Volatile.Write(ref _group, group);

    /// <summary>Called every few milliseconds: holds the command when its output piles up, and lets it go on when it was taken.</summary>
    public void Balance(Keeper keeper)
    {
        var group = Volatile.Read(ref _group);
        if (group == 0 || Completion.IsCompleted)
            return;
        var waiting = Math.Max(_command.OutputStream.Length, _command.ExtendedOutputStream.Length);
        if (!_held && waiting > HoldAbove)
        {
            _held = true;
            _ = keeper.SignalAsync("STOP", group);
        }
        else if (_held && waiting < GoOnBelow)
        {
            _held = false;
            _ = keeper.SignalAsync("CONT", group);
        }
    }

    /// <summary>Ends it here, as the library waits for a network that may never answer.</summary>
    public void Lose()
    {
        _lost.TrySetResult();
        _command.OutputStream.Dispose();
        _command.ExtendedOutputStream.Dispose();
    }

    public void Abort() => _ = DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _input.Writer.CompleteAsync().ConfigureAwait(false);
        await _output.Reader.CompleteAsync().ConfigureAwait(false);
        // Waits for the server to close its side, hence not on the caller's time.
        _ = Task.Run(_command.Dispose);
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

    private static void Run(string name, Action action) =>
        new Thread(() => action()) { IsBackground = true, Name = "ssh " + name }.Start();

    private static void PumpOut(Stream from, PipeWriter to)
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                var buffer = to.GetMemory(64 * 1024);
                if (!System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(buffer, out var array))
                    throw new InvalidOperationException("the pipe's memory is no array");
                var read = from.Read(array.Array!, array.Offset, array.Count);
                if (read == 0)
                    break;
                to.Advance(read);
                if (to.FlushAsync().AsTask().GetAwaiter().GetResult().IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
            failure = e is IOException ? e : null;
        }

        to.Complete(failure);
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

    /// <summary>Fails like a pipe when the other end is gone, instead of swallowing.</summary>
    private sealed class PipeInput(PipeWriter writer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                for (; !buffer.IsEmpty; buffer = buffer[Math.Min(buffer.Length, 256 * 1024)..])
                {
                    if ((await writer.WriteAsync(buffer[..Math.Min(buffer.Length, 256 * 1024)], cancellationToken).ConfigureAwait(false)).IsCompleted)
                        throw new IOException("the command takes no more input");
                }
            }
            catch (InvalidOperationException e)
            {
                throw new IOException("the input is closed", e);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                writer.Complete();
            base.Dispose(disposing);
        }
    }
}
