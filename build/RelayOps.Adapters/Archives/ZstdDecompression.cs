using System.Diagnostics;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Archives;

/// <summary>What is read comes out of the program, which is fed from the source. Disposing it early ends the program.</summary>
internal sealed class ZstdDecompression : ReadOnlyStream
{
    private readonly Process process;
    private readonly CancellationTokenSource stop = new();
    private readonly Task feeding;
    private readonly Task<string> errors;
    private bool disposed;
    private bool checkedEnd;

    public ZstdDecompression(Process process, Stream source)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        feeding = Task.Run(() => FeedAsync(source), CancellationToken.None);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken);
        if (read == 0 && buffer.Length > 0 && !checkedEnd)
            await CheckEndAsync(cancellationToken);
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

    private async Task CheckEndAsync(CancellationToken cancellationToken)
    {
        checkedEnd = true;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidDataException($"zstd: {(await errors).Trim()}");
        await feeding;
    }

    private async Task FeedAsync(Stream source)
    {
        try
        {
            await source.CopyToAsync(process.StandardInput.BaseStream, 1 << 16, stop.Token);
        }
        catch (IOException) when (process.HasExited)
        {
            // It stopped reading: its exit status says why, at the end of its output.
            return;
        }
        finally
        {
            await CloseInputAsync();
        }
    }

    private async Task CloseInputAsync()
    {
        try
        {
            await process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // The program is gone; there was nothing more to say to it.
        }
    }

    private async Task EndAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (!process.HasExited)
            process.Kill();
        await stop.CancelAsync();
        // Its failure was told at the end of the stream, or comes from our own kill.
        await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        stop.Dispose();
    }
}
