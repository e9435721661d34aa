using RelayOps.Core.Redis;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Tests.Redis;

/// <summary>Everything on the test's own thread, whose allocations are counted apart from those of tests beside it.</summary>
public class RdbMemoryTests
{
    [Fact]
    public void Read_does_not_allocate_for_what_a_length_only_claims()
    {
        var bytes = new RdbWriter(10).Key(16, "k").Count(RdbInput.LargestWhole).Raw(new byte[100]).End();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var refusal = RdbReaderTests.FindRefusal(bytes);

        Assert.Contains("ends early", refusal!.Why, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("string", 0)]
    [InlineData("packed hash, too big to look into", 16)]
    public void Read_streams_a_value_that_nobody_looks_into(string _, int type)
    {
        const long Length = 300L << 20;
        var head = new RdbWriter(10).Byte(type).Text("k").Byte(0x80, (int)(Length >> 24), (int)(Length >> 16) & 0xFF, (int)(Length >> 8) & 0xFF, (int)Length & 0xFF).Cut();
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var source = new ByteSource(new LongStream(head, Length, [0xFF, 0, 0, 0, 0, 0, 0, 0, 0]), "RDB", CancellationToken.None);

        var summary = new RdbParser(source, visitor: null).Read();

        Assert.Equal(1, summary.Counts.Keys);
        Assert.Equal(type == 16, summary.Notes.Any(note => note.Contains("not looked into", StringComparison.Ordinal)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    [Fact]
    public async Task ReadAsync_stops_in_the_middle_of_a_value_when_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        var head = new RdbWriter(10).Byte(0).Text("k").Byte(0x81, 0, 0xFF, 0, 0, 0, 0, 0, 0).Cut();
        var stream = new LongStream(head, long.MaxValue >> 8, []) { AtQuarter = cancelled.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RdbReader.ReadAsync(stream, visitor: null, cancelled.Token));
    }

    /// <summary>A head, so many zeros, a tail. Pays no heed to cancellation.</summary>
    private sealed class LongStream(byte[] head, long zeros, byte[] tail) : MemoryStream
    {
        /// <summary>A quarter of a gigabyte.</summary>
        private const long Quarter = 1L << 28;

        private long _position;

        public Action? AtQuarter { get; init; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var (part, left) = _position < head.Length ? (head, head.Length - _position)
                : _position < head.Length + zeros ? (null, head.Length + zeros - _position) : (tail, head.Length + zeros + tail.Length - _position);
            var count = (int)Math.Min(left, buffer.Length);
            if (part is null)
                buffer.Span[..count].Clear();
            else
                part.AsSpan(part.Length - (int)left, count).CopyTo(buffer.Span);
            if (_position < Quarter && _position + count >= Quarter)
                AtQuarter?.Invoke();
            _position += count;
            return ValueTask.FromResult(count);
        }
    }
}
