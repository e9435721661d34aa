using System.Diagnostics;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Archives;

/// <summary>What is written goes through the program into the destination. Disposing ends the compressed stream.</summary>
internal sealed class ZstdCompression : WriteOnlyStream
{
    private readonly Process process;
    private readonly Task copying;
    private readonly Task<string> errors;

    public ZstdCompression(Process process, Stream destination)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        copying = Task.Run(() => CopyAsync(destination), CancellationToken.None);
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

    protected override async Task EndAsync()
    {
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
