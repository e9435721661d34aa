namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>
/// A command's standard output after the wrapper's greeting. Nothing is collected: what is not read stays in the pipe.
/// The end of a stream that a lost connection cut off is an error, never an end of file.
/// </summary>
internal sealed class CommandOutput(IShellChannel channel, Func<Exception> lost) : Stream
{
    /// <summary>A lost connection ends the output and the channel together; a command may close its output and run on.</summary>
    private static readonly TimeSpan EndsTogether = TimeSpan.FromMilliseconds(250);

    /// <summary>What a noisy login script may print before the greeting.</summary>
    private const int MaxNoise = 256 * 1024;

    private ReadOnlyMemory<byte> _rest;
    private bool _ended;
    private volatile bool _discarded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads up to and including the line <c>token pid</c>. What login scripts print before it is dropped.</summary>
    /// <returns>The process id, or null when the output ended without the line.</returns>
    public async Task<int?> ReadGreetingAsync(string token, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var length = 0;
        var mark = System.Text.Encoding.ASCII.GetBytes(token + " ");
        while (true)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = length > MaxNoise ? 0 : await channel.Output.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return null;
            length += read;
            var start = buffer.AsSpan(0, length).IndexOf(mark);
            var end = start < 0 ? -1 : buffer.AsSpan(start, length - start).IndexOf((byte)'\n');
            if (end < 0)
                continue;
            _rest = buffer.AsMemory(start + end + 1, length - start - end - 1);
            return int.Parse(buffer.AsSpan(start + mark.Length, end - mark.Length), System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Throws away the rest. Whoever still reads gets an error instead of a hole in the data.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        _discarded = true;
        var buffer = new byte[64 * 1024];
        try
        {
            while (!_ended && await channel.Output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Closed already: nothing is left to throw away.
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TakeRest(buffer.Span, out var taken))
            return taken;
        var read = await channel.Output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read == 0 && buffer.Length > 0)
        {
            await Task.WhenAny(channel.Completion, Task.Delay(EndsTogether, cancellationToken)).ConfigureAwait(false);
            End();
        }

        return read;
    }

    public override int Read(Span<byte> buffer)
    {
        if (TakeRest(buffer, out var taken))
            return taken;
        var read = channel.Output.Read(buffer);
        if (read == 0 && buffer.Length > 0)
        {
            channel.Completion.Wait(EndsTogether);
            End();
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool TakeRest(Span<byte> buffer, out int taken)
    {
        if (_discarded)
            throw new InvalidOperationException("the rest of this output was thrown away: read it to its end before waiting for the command");
        taken = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..taken].CopyTo(buffer);
        _rest = _rest[taken..];
        return taken > 0 || _ended;
    }

    private void End()
    {
        _ended = true;
        if (channel.Completion is { IsCompletedSuccessfully: true, Result.Outcome: ChannelOutcome.Lost })
            throw lost();
    }
}
