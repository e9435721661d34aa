using System.IO.Pipelines;
using System.Security.Cryptography;

namespace RelayOps.Core.Archives;

/// <summary>
/// Compresses, seals, hashes and writes what is put into <see cref="Input"/>. Packing, compression and writing run side by side,
/// with at most two megabytes waiting between two of them: a slow disk holds the reader back and never fills memory.
/// </summary>
internal sealed class SealingPipeline : IAsyncDisposable
{
    private static readonly PipeOptions Bounded = new(
        pauseWriterThreshold: 2 << 20, resumeWriterThreshold: 1 << 20, minimumSegmentSize: 1 << 16, useSynchronizationContext: false);

    private readonly Pipe packed = new(Bounded);
    private readonly Pipe sealedBytes = new(Bounded);
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Task compressing;
    private readonly Task writing;

    public SealingPipeline(Stream destination, ArchiveWriterOptions options, CancellationToken cancellationToken)
    {
        Input = packed.Writer.AsStream(leaveOpen: true);
        compressing = Task.Run(() => CompressAsync(options, cancellationToken), CancellationToken.None);
        writing = Task.Run(() => WriteAsync(destination, cancellationToken), CancellationToken.None);
    }

    public Stream Input { get; }

    public long SealedBytes { get; private set; }

    /// <summary>Ends the archive. Everything is in the destination, unflushed.</summary>
    /// <returns>The hash of the bytes as written, lower-case hex.</returns>
    public async Task<string> FinishAsync()
    {
        await packed.Writer.CompleteAsync();
        await compressing;
        await writing;
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public async ValueTask DisposeAsync()
    {
        // Without a finish this makes both ends stop; after one it changes nothing.
        await packed.Writer.CompleteAsync(new OperationCanceledException("the archive was given up"));
        // Their failure has reached whoever wrote into the pipe, or was asked for here.
        await Task.WhenAll(compressing, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        hash.Dispose();
    }

    private async Task CompressAsync(ArchiveWriterOptions options, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await using var output = sealedBytes.Writer.AsStream(leaveOpen: true);
            await using var seal = options.Seal?.Invoke(output) ?? output;
            await using var compressed = options.Codec.Compress(seal, options.Level);
            await CopyInBlocksAsync(packed.Reader.AsStream(leaveOpen: true), compressed, cancellationToken);
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            // The side that failed hands its reason to both neighbours, which would wait for ever otherwise.
            await packed.Reader.CompleteAsync(failure);
            await sealedBytes.Writer.CompleteAsync(failure);
        }
    }

    /// <summary>The compressor's output depends on where one write ends and the next begins: equal archives need equal blocks.</summary>
    private static async Task CopyInBlocksAsync(Stream source, Stream compressed, CancellationToken cancellationToken)
    {
        var block = new byte[1 << 17];
        int read;
        do
        {
            read = await source.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken);
            await compressed.WriteAsync(block.AsMemory(0, read), cancellationToken);
        }
        while (read == block.Length);
    }

    private async Task WriteAsync(Stream destination, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            while (await sealedBytes.Reader.ReadAsync(cancellationToken) is { } read)
            {
                foreach (var part in read.Buffer)
                {
                    hash.AppendData(part.Span);
                    await destination.WriteAsync(part, cancellationToken);
                    SealedBytes += part.Length;
                }

                sealedBytes.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            await sealedBytes.Reader.CompleteAsync(failure);
        }
    }
}
