using System.Diagnostics;
using RelayOps.Core.Redis;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Tests.Redis;

public class RdbFuzzTests
{
    /// <summary>Far above what any of these inputs could need, and far below what their lengths may claim.</summary>
    private const long MostAllocated = 64L << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Fact]
    public void Read_accepts_or_refuses_each_of_20000_damaged_small_files() =>
        FuzzRun.Try([.. RdbSamples.All.Values.Select(WithoutChecksum)], 20_000, Read);

    [Fact]
    public void Read_accepts_or_refuses_each_of_1000_damaged_dumps_of_real_servers() =>
        FuzzRun.Try([.. Directory.GetFiles(RdbReaderTests.FixtureDirectory(), "*.rdb").Select(File.ReadAllBytes).Select(WithoutChecksum)], 1_000, Read);

    /// <summary>Else nearly every damage ends at the checksum, and what a value becomes is never seen.</summary>
    private static byte[] WithoutChecksum(byte[] sound) => [.. sound.AsSpan(0, sound.Length - 8), .. new byte[8]];

    private static void Read(byte[] input)
    {
        var watch = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        using var source = new ByteSource(new MemoryStream(input), "RDB", CancellationToken.None);
        try
        {
            new RdbParser(source, new Everything()).Read();
        }
        catch (RelayOpsException refusal) when (refusal.Status == ExitStatus.BadBackup)
        {
            Assert.NotEmpty(refusal.Why);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostAllocated);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Longest);
    }

    private sealed class Everything : IRdbVisitor
    {
        private long _bytes;

        public void Key(int database, ReadOnlySpan<byte> key, long? expiry) => _bytes += key.Length;

        public bool Wants(int database, ReadOnlySpan<byte> key) => key.Length % 2 == 1;

        public void Value(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _bytes += value.Length;

        public void Field(int database, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value) => _bytes += field.Length + value.Length;
    }
}
