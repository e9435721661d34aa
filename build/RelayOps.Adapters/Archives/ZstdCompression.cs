using System.Diagnostics;

namespace RelayOps.Adapters.Archives;

/// <summary>What is written goes through the program into the destination. Disposing ends the compressed stream.</summary>
internal sealed class ZstdCompression : Stream
{
    private readonly Process process;
    private readonly Task copying;
    private readonly Task<string> errors;
    private bool disposed;

    public ZstdCompression(Process process, Stream destination)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        copying = Task.Run(() => CopyAsync(destination), CancellationToken.None);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException) when (copying.IsCompleted || process.HasExited)
        {
            // The pipe broke since the program ended: the reason is the copy's, or what the program said.
            await copying;
            throw new IOException($"zstd ended early: {(await errors).Trim()}");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            EndAsync().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private async Task CopyAsync(Stream destination)
    {
        try
        {
            await process.StandardOutput.BaseStream.CopyToAsync(destination, 1 << 16, CancellationToken.None);
        }
        catch
        {
            // Nobody reads its output any more: it would hang, and with it whoever writes to it.
            process.Kill();
            throw;
        }
    }

    private async Task EndAsync()
    {
        if (disposed)
            return;
        disposed = true;
        try
        {
            await process.StandardInput.DisposeAsync();
            await copying;
            await process.WaitForExitAsync(CancellationToken.None);
            if (process.ExitCode != 0)
                throw new IOException($"zstd failed: {(await errors).Trim()}");
        }
        finally
        {
            process.Dispose();
        }
    }
}
