using System.Security.Cryptography;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.GitHub;

namespace RelayOps.Adapters.Tests.Stores;

public sealed class ReleasePartsTests
{
    private const string Name = "claude-relay-backup-20250805_142530.tar.gz";

    /// <summary>GitHub: "Each file included in a release must be under 2 GiB".</summary>
    private const long Limit = 2L << 30;

    public static TheoryData<long, long[]> Sizes => new()
    {
        { 0, [0] },
        { 1, [1] },
        { ReleaseParts.LargestPart - 1, [ReleaseParts.LargestPart - 1] },
        { ReleaseParts.LargestPart, [ReleaseParts.LargestPart] },
        { ReleaseParts.LargestPart + 1, [ReleaseParts.LargestPart, 1] },
        { 2 * ReleaseParts.LargestPart, [ReleaseParts.LargestPart, ReleaseParts.LargestPart] },
        { 2 * ReleaseParts.LargestPart + 1, [ReleaseParts.LargestPart, ReleaseParts.LargestPart, 1] },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Cut_cuts_what_is_larger_than_an_asset_may_be_and_nothing_else(long size, long[] expected)
    {
        var parts = ArchiveParts.Cut(Name, size, ReleaseParts.LargestPart).ToList();

        Assert.Equal(expected, parts.Select(part => part.Size));
        Assert.Equal(parts.Select((_, index) => expected[..index].Sum()), parts.Select(part => part.Offset));
        Assert.Equal(expected.Length == 1 ? [Name] : expected.Select((_, index) => $"{Name}.part00{index + 1}"), parts.Select(part => part.Name));
        Assert.All(parts, part => Assert.True(part.Size < Limit));
    }

    [Fact]
    public void LargestPart_is_1_9_GiB() => Assert.Equal(2_040_109_465, ReleaseParts.LargestPart);

    [Theory]
    [InlineData(1000, new[] { 1000 })]
    [InlineData(1001, new[] { 1000, 1 })]
    public async Task MeasureAsync_cuts_as_it_was_planned_and_takes_a_checksum_of_each(int size, int[] expected)
    {
        var content = GitHubScene.Bytes(size);

        var parts = await ReleaseParts.MeasureAsync(new MemoryStream(content), Name, (size, Convert.ToHexStringLower(SHA256.HashData(content))), 1000, CancellationToken.None);

        Assert.Equal(expected.Select(length => (long)length), parts.Select(part => part.SizeBytes));
        Assert.All(parts, part => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content.AsSpan((int)part.Offset, (int)part.SizeBytes))), part.Sha256));
    }
}
