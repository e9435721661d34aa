using System.IO.Pipelines;
using RelayOps.Core.Streams;

namespace RelayOps.Core.Archives;

/// <summary>Reads a source on a thread of its own, at most a megabyte ahead of its reader.</summary>
internal sealed class ReadAhead : ReadOnlyStream
{
    private readonly Pipe pipe = new(new PipeOptions(
        pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, minimumSegmentSize: 1 << 16, useSynchronizationContext: false));

    private readonly CancellationTokenSource stop = new();
    private readonly Stream output;
    private readonly Task pumping;
    private bool disposed;

    /// <param name="source">Left open; not to be touched before this stream is at its end or disposed.</param>
    public ReadAhead(Stream source)
    {
        output = pipe.Reader.AsStream(leaveOpen: true);
        pumping = Task.Run(() => PumpAsync(source), CancellationToken.None);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        output.ReadAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (!disposed)
            await StopAsync();
        await base.DisposeAsync();
    }

    private async Task StopAsync()
    {
        disposed = true;
        await pipe.Reader.CompleteAsync();
        await stop.CancelAsync();
        // What went wrong was told to whoever read; now it is our own cancellation.
        await pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task PumpAsync(Stream source)
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                var read = await source.ReadAsync(pipe.Writer.GetMemory(1 << 16), stop.Token);
                if (read == 0)
                    break;
                pipe.Writer.Advance(read);
                if ((await pipe.Writer.FlushAsync(stop.Token)).IsCompleted)
                    break;
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        finally
        {
            await pipe.Writer.CompleteAsync(failure);
        }
    }
}
