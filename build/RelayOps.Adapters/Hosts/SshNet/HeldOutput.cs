using System.Buffers;
using System.IO.Pipelines;

namespace RelayOps.Adapters.Hosts.SshNet;

/// <summary>
/// Where the library puts a command's output. It would collect without limit what nobody takes, and its own thread, which serves all
/// commands of the connection, must not be blocked. So the command itself is held (STOP) when much waits, and goes on (CONT) when that
/// was taken; until the hold has reached the server, the library is slowed down.
/// </summary>
internal sealed class HeldOutput(Action<string> signal) : Stream
{
    private const long HoldAbove = 8 << 20, SlowAbove = 16 << 20, GoOnBelow = 2 << 20;

    private static readonly TimeSpan Slowly = TimeSpan.FromMilliseconds(10);

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));
    private readonly Lock _lock = new();
    private long _waiting;
    private bool _held;
    private bool _ended;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The other end.</summary>
    public Stream OpenReader() => new Taken(_pipe.Reader.AsStream(), Take);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _pipe.Writer.Write(buffer);
            _waiting += buffer.Length;
            if (!_held && _waiting > HoldAbove)
            {
                _held = true;
                signal("STOP");
            }
        }

        // Without a pause threshold this never waits.
        _pipe.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();
        if (Interlocked.Read(ref _waiting) > SlowAbove)
            Thread.Sleep(Slowly);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The end of the output.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _ended = true;
                _pipe.Writer.Complete();
            }
        }

        base.Dispose(disposing);
    }

    private void Take(int count)
    {
        lock (_lock)
        {
            _waiting -= count;
            if (_held && _waiting < GoOnBelow)
            {
                _held = false;
                signal("CONT");
            }
        }
    }

    private sealed class Taken(Stream inner, Action<int> take) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            take(read);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            take(read);
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
