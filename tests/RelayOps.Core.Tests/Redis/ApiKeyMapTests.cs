using RelayOps.Core.Redis;

namespace RelayOps.Core.Tests.Redis;

public sealed class ApiKeyMapTests
{
    [Fact]
    public void Find_reads_what_the_script_returns() => Assert.Equal(new ApiKeyMap(9, 5, 2, 1, 3), ApiKeyMap.Find("9 5 2 1 3"));

    [Theory, InlineData(""), InlineData("1 2 3 4"), InlineData("1 2 3 4 5 6"), InlineData("-WRONGTYPE Operation against a key"), InlineData("1 2 3 4 -5")]
    public void Find_is_null_for_any_other_answer(string answer) => Assert.Null(ApiKeyMap.Find(answer));
}
