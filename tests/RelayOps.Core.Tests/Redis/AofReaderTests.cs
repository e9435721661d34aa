using System.Text;
using RelayOps.Core.Redis;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Tests.Redis;

public class AofReaderTests
{
    private const string Set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n";
    private const string Select = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
    private const string Multi = "*1\r\n$5\r\nMULTI\r\n";
    private const string Exec = "*1\r\n$4\r\nEXEC\r\n";

    [Fact]
    public async Task CheckAsync_counts_complete_commands()
    {
        var summary = await CheckAsync(Select + "#TS:1754403930\r\n" + Set + Multi + Set + Set + Exec);

        Assert.Equal(6, summary.Commands);
        Assert.Null(summary.TornAt);
        Assert.Null(summary.Preamble);
    }

    [Fact]
    public async Task CheckAsync_accepts_an_increment_to_which_nothing_was_written() => Assert.Equal(0, (await CheckAsync("")).Commands);

    [Fact]
    public async Task CheckAsync_reads_the_dump_that_a_file_begins_with()
    {
        var rdb = RdbSamples.All["hash listpack"];

        var summary = await AofReader.CheckAsync(new MemoryStream([.. rdb, .. Encoding.ASCII.GetBytes(Set)]), CancellationToken.None);

        Assert.Equal(1, summary.Preamble!.Counts.Keys);
        Assert.Equal(rdb.Length, summary.Preamble.LengthBytes);
        Assert.Equal(1, summary.Commands);
        Assert.Equal(rdb.Length + Set.Length, summary.LengthBytes);
    }

    [Fact]
    public async Task CheckAsync_tells_where_a_torn_tail_begins_wherever_it_is_torn()
    {
        for (var cut = 1; cut < Set.Length; cut++)
        {
            var summary = await CheckAsync(Select + Set[..cut]);

            Assert.Equal((Select.Length, cut, 1), (summary.TornAt, summary.TornBytes, summary.Commands));
        }
    }

    [Fact]
    public async Task CheckAsync_tears_a_transaction_without_an_end_at_its_begin()
    {
        const string Time = "#TS:1754403930\r\n";
        var summary = await CheckAsync(Set + Multi + Time + Set);

        Assert.Equal((Set.Length, Multi.Length + Time.Length + Set.Length, 1), (summary.TornAt, summary.TornBytes, summary.Commands));
    }

    [Fact]
    public async Task CheckAsync_tells_a_torn_annotation()
    {
        var summary = await CheckAsync(Set + "#TS:17");

        Assert.Equal((Set.Length, 6L), (summary.TornAt, summary.TornBytes));
    }

    [Theory]
    [InlineData("x", "0x78 stands where a command")]
    [InlineData("\0\0\0\0", "0x00 stands where a command")]
    [InlineData("*0\r\n", "a command of nothing")]
    [InlineData("*x\r\n", "other than a number")]
    [InlineData("*-1\r\n", "other than a number")]
    [InlineData("*\r\n", "other than a number")]
    [InlineData("*1\rx", "line without an end")]
    [InlineData("*1\r\nGET\r\n", "0x47 stands where an argument")]
    [InlineData("*1\r\n$3\r\nGETS\r\n", "another length")]
    [InlineData("*1\r\n$99999999999999999999\r\nGET\r\n", "other than a number")]
    public async Task CheckAsync_refuses_garbage_at_its_offset(string garbage, string why)
    {
        var refusal = await Assert.ThrowsAsync<RelayOpsException>(() => CheckAsync(Set + garbage + Set));

        Assert.Equal(ExitStatus.BadBackup, refusal.Status);
        Assert.Contains(why, refusal.Why, StringComparison.Ordinal);
        Assert.InRange(int.Parse(refusal.Why["at byte ".Length..].Split(':')[0], null), Set.Length, Set.Length + garbage.Length);
    }

    [Fact]
    public async Task CheckAsync_refuses_a_dump_at_its_head_that_is_damaged_or_cut()
    {
        var rdb = RdbSamples.All["hash"].ToArray();
        await Assert.ThrowsAsync<RelayOpsException>(() => AofReader.CheckAsync(new MemoryStream(rdb[..^3]), CancellationToken.None));

        rdb[12] ^= 1;
        await Assert.ThrowsAsync<RelayOpsException>(() => AofReader.CheckAsync(new MemoryStream(rdb), CancellationToken.None));
    }

    [Fact]
    public void Check_accepts_or_refuses_each_of_10000_damaged_files()
    {
        byte[][] samples = [Encoding.ASCII.GetBytes(Select + Set + Multi + Set + Exec), [.. RdbSamples.All["hash"], .. Encoding.ASCII.GetBytes("#TS:1\r\n" + Set)]];

        FuzzRun.Try(samples, 10_000, bytes =>
        {
            using var source = new ByteSource(new MemoryStream(bytes), "append-only file", CancellationToken.None);
            try
            {
                var summary = AofReader.Check(source, visitor: null);
                Assert.Equal(bytes.Length, summary.LengthBytes);
                Assert.Equal(summary.TornBytes, summary.TornAt is { } at ? bytes.Length - at : 0);
            }
            catch (RelayOpsException refusal) when (refusal.Status == ExitStatus.BadBackup)
            {
                Assert.NotEmpty(refusal.Why);
            }
        });
    }

    private static Task<AofSummary> CheckAsync(string text) => AofReader.CheckAsync(new MemoryStream(Encoding.ASCII.GetBytes(text)), CancellationToken.None);
}
