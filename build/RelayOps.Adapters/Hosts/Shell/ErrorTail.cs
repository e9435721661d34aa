using System.Text;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>Reads a command's standard error to its end, so that it never blocks, and keeps the last 64 KiB.</summary>
internal sealed class ErrorTail
{
    private const int Limit = 64 * 1024;

    private readonly byte[] _ring = new byte[Limit];
    private readonly Lock _lock = new();
    private long _total;

    public ErrorTail(Stream stream) => Ended = DrainAsync(stream);

    /// <summary>Never fails.</summary>
    public Task Ended { get; }

    public override string ToString()
    {
        lock (_lock)
        {
            if (_total <= Limit)
                return Encoding.UTF8.GetString(_ring, 0, (int)_total);
            var start = (int)(_total % Limit);
            return Encoding.UTF8.GetString([.. _ring.AsSpan(start), .. _ring.AsSpan(0, start)]);
        }
    }

    private async Task DrainAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
                Keep(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The stream was closed under us: what came so far is the tail.
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            while (!bytes.IsEmpty)
            {
                var start = (int)(_total % Limit);
                var part = bytes[..Math.Min(bytes.Length, Limit - start)];
                part.CopyTo(_ring.AsSpan(start));
                _total += part.Length;
                bytes = bytes[part.Length..];
            }
        }
    }
}
