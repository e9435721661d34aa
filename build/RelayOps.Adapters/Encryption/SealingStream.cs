using RelayOps.Core;
using RelayOps.Core.Streams;

namespace RelayOps.Adapters.Encryption;

/// <summary>What is written goes through an encryption tool into the destination. Disposing ends the ciphertext, or the tool where a write failed.</summary>
internal sealed class SealingStream : WriteOnlyStream
{
    private readonly CipherProcess process;
    private readonly Func<string, RelayOpsException> explain;
    private readonly Task copying;
    private bool greeted;
    private bool broken;

    /// <param name="explain">Makes an error of what the tool said.</param>
    public SealingStream(CipherProcess process, Stream destination, Func<string, RelayOpsException> explain)
    {
        this.process = process;
        this.explain = explain;
        copying = Task.Run(() => CopyAsync(destination), CancellationToken.None);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A pipe's write is not cancelled by itself; it ends with the process at its other end.
        await using var stop = cancellationToken.UnsafeRegister(static tool => ((CipherProcess)tool!).Kill(), process);
        try
        {
            await GreetAsync(cancellationToken);
            await process.Input.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException exception)
        {
            broken = true;
            cancellationToken.ThrowIfCancellationRequested();
            await copying;
            throw explain(await process.FindFailureAsync(cancellationToken) ?? exception.Message);
        }
        catch
        {
            broken = true;
            throw;
        }
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        if (greeted)
            return;
        greeted = true;
        await process.Input.WriteAsync(process.Preamble, cancellationToken);
    }

    private async Task CopyAsync(Stream destination)
    {
        try
        {
            await process.Output.CopyToAsync(destination, 1 << 16, CancellationToken.None);
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
        await using var ended = process;
        if (broken)
        {
            process.Kill();
            // Its failure was told by the write.
            await copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await FinishAsync();
    }

    private async Task FinishAsync()
    {
        try
        {
            await GreetAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // It ended before it read anything: its status says why.
        }

        await process.CloseInputAsync();
        await copying;
        if (await process.FindFailureAsync(CancellationToken.None) is { } said)
            throw explain(said);
    }
}
