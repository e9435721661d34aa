using RelayOps.Adapters.Encryption;
using RelayOps.Core;

namespace RelayOps.Adapters.Signatures;

/// <summary>A small tool that is given a text and prints one.</summary>
internal static class ToolRun
{
    /// <returns>What it printed; <c>Failure</c> is what it said, or null when it succeeded.</returns>
    /// <exception cref="RelayOpsException">It is not installed (<see cref="ExitStatus.WrongUse"/>).</exception>
    public static async Task<(byte[] Output, string? Failure)> OfAsync(
        CipherCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        await using var process = CipherProcess.Start(command);
        try
        {
            await process.Input.WriteAsync(process.Preamble, cancellationToken);
            await process.Input.WriteAsync(input, cancellationToken);
        }
        catch (IOException)
        {
            // It has ended without reading: its own words say why, below.
        }

        await process.CloseInputAsync();
        using var output = new MemoryStream();
        await process.Output.CopyToAsync(output, cancellationToken);
        return (output.ToArray(), await process.FindFailureAsync(cancellationToken));
    }
}
