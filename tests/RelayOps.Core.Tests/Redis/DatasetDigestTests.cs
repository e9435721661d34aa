using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Redis;

public sealed class DatasetDigestTests
{
    private const string One = "0000000000000000000000000000000000000001";
    private const string Two = "0000000000000000000000000000000000000002";
    private const string Three = "0000000000000000000000000000000000000003";

    [Fact]
    public void Parse_joins_the_pages_of_a_database_in_any_order()
    {
        var first = DatasetDigest.Parse($"db 0\nhash 2 {One}\nstring 1 {Three}\nhash 1 {Two}\ndb 3\nset 1 {One}\n");
        var second = DatasetDigest.Parse($"db 0\nhash 3 {Three}\nstring 1 {Three}\ndb 3\nset 1 {One}\n");

        Assert.Equal(first, second);
        Assert.Null(first!.FindDifference(second!));
        Assert.Equal(5, first.Keys);
    }

    [Theory]
    [InlineData($"db 0\nhash 2 {Two}\n", "other contents in its 2 keys of type hash")]
    [InlineData($"db 0\nhash 1 {One}\n", "1 keys of type hash, 2 were there")]
    [InlineData("db 0\n", "no hash any more")]
    [InlineData($"db 0\nhash 2 {One}\ndb 1\nset 1 {Two}\n", "database 1 has keys of type set")]
    public void FindDifference_says_where_and_what(string other, string expected) =>
        Assert.Contains(expected, DatasetDigest.Parse($"db 0\nhash 2 {One}\n")!.FindDifference(DatasetDigest.Parse(other)!));

    [Fact]
    public void Parse_knows_a_redis_that_runs_no_scripts() => Assert.Null(DatasetDigest.Parse("db 0\nrefused ERR unknown command 'EVAL'\n"));
}
