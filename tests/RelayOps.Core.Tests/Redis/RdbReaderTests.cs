using System.Text.Json;
using RelayOps.Core.Redis;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Tests.Redis;

public class RdbReaderTests
{
    public static TheoryData<string> Fixtures { get; } =
        new(Directory.GetFiles(FixtureDirectory(), "*.rdb").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal));

    public static TheoryData<string> Samples { get; } = new(RdbSamples.All.Keys);

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task ReadAsync_counts_what_the_server_counted(string name)
    {
        using var expected = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(FixtureDirectory(), name + ".json")));
        var bytes = await File.ReadAllBytesAsync(Path.Combine(FixtureDirectory(), name + ".rdb"));

        var summary = await ReadAsync(bytes);

        Assert.Equal(expected.RootElement.GetProperty("rdbVersion").GetInt32(), summary.Version);
        if (summary.Version > 6)
            Assert.Equal(expected.RootElement.GetProperty("redisVersion").GetString(), summary.RedisVersion);
        Assert.Equal(expected.RootElement.GetProperty("functions").GetInt64(), summary.Functions);
        Assert.True(summary.HasChecksum);
        Assert.Equal(bytes.Length, summary.LengthBytes);
        Assert.Equal(0, summary.TrailingBytes);
        Assert.Equal(
            expected.RootElement.GetProperty("databases").EnumerateObject().Select(db =>
                (int.Parse(db.Name, null), db.Value.GetProperty("keys").GetInt64(), db.Value.GetProperty("expiring").GetInt64())),
            summary.Counts.Databases.Select(db => (db.Key, db.Value.Keys, db.Value.Expiring)));
        Assert.Equal(20, summary.Counts.Databases[0].Prefixes["usage:daily"]);
        Assert.Equal(1, summary.Counts.Databases[0].Prefixes["session"]);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task ReadAsync_counts_one_key_however_it_is_written(string name)
    {
        var summary = await ReadAsync(RdbSamples.All[name]);

        Assert.Equal(1, summary.Counts.Keys);
        Assert.Equal(RdbSamples.All[name].Length, summary.LengthBytes);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_refuses_every_cut(string name)
    {
        var whole = RdbSamples.All[name];
        for (var length = 0; length < whole.Length; length++)
            Assert.NotNull(FindRefusal(whole[..length]));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_refuses_every_flipped_bit(string name)
    {
        var bytes = RdbSamples.All[name].ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(FindRefusal(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task ReadAsync_finds_the_same_when_the_stream_hands_out_single_bytes(string name)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(FixtureDirectory(), name + ".rdb"));

        var dripped = await RdbReader.ReadAsync(new DrippingStream(bytes), visitor: null, CancellationToken.None);

        Assert.Equal((await ReadAsync(bytes)).Counts, dripped.Counts);
    }

    [Fact]
    public async Task ReadAsync_counts_what_follows_the_checksum_without_reading_it_as_RDB()
    {
        var whole = RdbSamples.All["string"];

        var summary = await ReadAsync([.. whole, .. new byte[40]]);

        Assert.Equal(whole.Length, summary.LengthBytes);
        Assert.Equal(40, summary.TrailingBytes);
    }

    [Fact]
    public async Task ReadAsync_leaves_what_follows_uncounted_when_asked_to()
    {
        var summary = await RdbReader.ReadAsync(new MemoryStream(RdbSamples.All["string"]), visitor: null, toEnd: false, CancellationToken.None);

        Assert.Null(summary.TrailingBytes);
    }

    [Fact]
    public async Task ReadAsync_reports_a_checksum_that_was_not_written()
    {
        var summary = await ReadAsync(new RdbWriter(9).Key(0, "k").Text("v").End(checksum: false));

        Assert.False(summary.HasChecksum);
        Assert.Contains(summary.Notes, note => note.Contains("rdbchecksum no", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_leaves_out_keys_without_elements_as_redis_does()
    {
        var summary = await ReadAsync(new RdbWriter(9).Key(0, "k").Text("v").Key(2, "empty").Count(0).End());

        Assert.Equal(1, summary.Counts.Keys);
        Assert.Contains(summary.Notes, note => note.StartsWith("1 keys have no element", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_names_the_module_whose_values_it_skipped()
    {
        var summary = await ReadAsync(await File.ReadAllBytesAsync(Path.Combine(FixtureDirectory(), "redis-7.4.rdb")));

        Assert.Contains(summary.Notes, note => note.Contains("'test___dt'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_stops_when_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RdbReader.ReadAsync(new MemoryStream(RdbSamples.All["string"]), visitor: null, cancelled.Token));
    }

    internal static string FixtureDirectory()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RelayOps.sln")))
            directory = directory.Parent!;
        return Path.Combine(directory.FullName, "tests", "Fixtures", "rdb");
    }

    internal static Task<RdbSummary> ReadAsync(byte[] bytes, IRdbVisitor? visitor = null) =>
        RdbReader.ReadAsync(new MemoryStream(bytes), visitor, CancellationToken.None);

    /// <summary>Reads on this very thread, for tests that read thousands; null when it is sound.</summary>
    internal static RelayOpsException? FindRefusal(byte[] bytes)
    {
        using var source = new ByteSource(new MemoryStream(bytes), "RDB", CancellationToken.None);
        try
        {
            new RdbParser(source, visitor: null).Read();
            return null;
        }
        catch (RelayOpsException refusal) when (refusal.Status == ExitStatus.BadBackup)
        {
            return refusal;
        }
    }

    internal static async Task<RelayOpsException> RefusedAsync(byte[] bytes)
    {
        var refusal = await Assert.ThrowsAsync<RelayOpsException>(() => ReadAsync(bytes));
        Assert.Equal(ExitStatus.BadBackup, refusal.Status);
        return refusal;
    }

    private sealed class DrippingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
