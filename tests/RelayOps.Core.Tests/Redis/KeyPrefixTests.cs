using System.Text;
using RelayOps.Core.Redis;
using RelayOps.Core.Redis.Rdb;

namespace RelayOps.Core.Tests.Redis;

public class KeyPrefixTests
{
    [Theory]
    [InlineData("apikey:0f8b7a6c-1234-4abc-9def-001122334455", "apikey")]
    [InlineData("apikey:hash_map", "apikey:hash_map")]
    [InlineData("apikey:hash_map_of_something", "apikey")]
    [InlineData("apikey:tag:a customer's name", "apikey:tag")]
    [InlineData("claude:account:0f8b7a6c-1234", "claude:account")]
    [InlineData("claude_console_account:0f8b7a6c", "claude_console_account")]
    [InlineData("openai_responses_account:index", "openai_responses_account")]
    [InlineData("azure_openai:account:1", "azure_openai:account")]
    [InlineData("usage:0f8b7a6c-1234", "usage")]
    [InlineData("usage:cost:daily:0f8b7a6c:2025-08-05", "usage:cost")]
    [InlineData("usage:records:0f8b7a6c", "usage:records")]
    [InlineData("usage:model:daily:claude-sonnet-4:2025-08-05", "usage:model")]
    [InlineData("session:admin_credentials", "session")]
    [InlineData("session:9a8b7c6d5e4f", "session")]
    [InlineData("sticky_session:9a8b7c6d5e4f", "sticky_session")]
    [InlineData("system:migration:v2", "system:migration")]
    [InlineData("billing:events", "billing:events")]
    [InlineData("concurrency:0f8b7a6c", "concurrency")]
    [InlineData("oauth2-state:x", "oauth2-state")]
    [InlineData("shared_claude_accounts", "(none)")]
    [InlineData("", "(none)")]
    [InlineData("9a8b7c6d5e4f9a8b7c6d5e4f:x", "(other)")]
    [InlineData("deadbeefdeadbeef:x", "(other)")]
    [InlineData("user-20250805142530:x", "(other)")]
    [InlineData("user_12_34_5:x", "(other)")]
    [InlineData("a_word_that_is_far_too_long_for_one:x", "(other)")]
    [InlineData("someone@example.com:x", "(other)")]
    [InlineData("Qx7TokenLikeThing:x", "(other)")]
    [InlineData(":x", "(other)")]
    public void Of_names_the_group_and_never_an_id(string key, string prefix) =>
        Assert.Equal(prefix, KeyPrefix.Of(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Counting_allocates_nothing_per_key()
    {
        var counter = new KeyCounter();
        var keys = new[] { "usage:cost:daily:1"u8.ToArray(), "session:abc"u8.ToArray(), "unheard_of:1"u8.ToArray(), "nocolon"u8.ToArray() };
        Count(counter, keys, 1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(counter, keys, 10_000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(40_004, counter.Counts().Keys);
    }

    [Fact]
    public void Counting_bounds_the_number_of_prefixes_a_file_can_invent()
    {
        var counter = new KeyCounter();
        for (var i = 0; i < 26 * 26 * 26; i++)
            counter.Add(0, KeyPrefix.Slice(Encoding.ASCII.GetBytes($"{(char)('g' + (i % 20))}{(char)('g' + (i / 20 % 20))}{(char)('g' + (i / 400 % 20))}:x")), false);

        var prefixes = counter.Counts().Databases[0].Prefixes;

        Assert.InRange(prefixes.Count, 1000, 1001);
        Assert.Equal(26 * 26 * 26, prefixes.Values.Sum());
    }

    private static void Count(KeyCounter counter, byte[][] keys, int times)
    {
        for (var i = 0; i < times; i++)
            foreach (var key in keys)
                counter.Add(0, KeyPrefix.Slice(key), false);
    }
}
