using RelayOps.Core;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Encryption;

/// <summary>What is read comes out of an encryption tool that is fed from the source. Its end is told only when the tool has found everything authentic.</summary>
/// <param name="start">Called at the first read.</param>
/// <param name="explain">Makes an error of what the tool said.</param>
internal sealed class OpeningStream(
    Func<CancellationToken, Task<CipherProcess>> start, Stream source, Func<string, RelayOpsException> explain) : ReadOnlyStream
{
    private readonly CancellationTokenSource stop = new();
    private CipherProcess? process;
    private Task feeding = Task.CompletedTask;
    private Exception? sourceFailure;
    private bool ended;
    private bool disposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (process is null)
        {
            process = await start(cancellationToken);
            feeding = Task.Run(() => FeedAsync(process), CancellationToken.None);
        }

        if (ended || buffer.Length == 0)
            return 0;
        // A pipe's read is not cancelled by itself; it ends with the process at its other end.
        await using var kill = cancellationToken.UnsafeRegister(static tool => ((CipherProcess)tool!).Kill(), process);
        var read = await process.Output.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            await CheckEndAsync(process, cancellationToken);
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            EndAsync().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private async Task CheckEndAsync(CipherProcess tool, CancellationToken cancellationToken)
    {
        var said = await tool.FindFailureAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        // A source that failed looks like a truncated one to the tool.
        if (sourceFailure is not null)
            await feeding;
        if (said is not null)
            throw explain(said);
        await feeding;
        ended = true;
    }

    private async Task FeedAsync(CipherProcess tool)
    {
        try
        {
            if (!await TryWriteAsync(tool, tool.Preamble))
                return;
            var buffer = new byte[1 << 16];
            while (await ReadSourceAsync(buffer) is var read and > 0)
            {
                if (!await TryWriteAsync(tool, buffer.AsMemory(0, read)))
                    return;
            }
        }
        finally
        {
            await tool.CloseInputAsync();
        }
    }

    private async Task<int> ReadSourceAsync(byte[] buffer)
    {
        try
        {
            return await source.ReadAsync(buffer, stop.Token);
        }
        catch (Exception exception)
        {
            sourceFailure = exception;
            throw;
        }
    }

    /// <returns>False when the tool reads no more: its exit status says why, at the end of its output.</returns>
    private async Task<bool> TryWriteAsync(CipherProcess tool, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await tool.Input.WriteAsync(bytes, stop.Token);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task EndAsync()
    {
        if (disposed)
            return;
        disposed = true;
        process?.Kill();
        await stop.CancelAsync();
        // Its failure was told at the end of the stream, or comes from our own kill.
        await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (process is not null)
            await process.DisposeAsync();
        stop.Dispose();
    }
}
