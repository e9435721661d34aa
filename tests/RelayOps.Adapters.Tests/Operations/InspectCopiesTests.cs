using RelayOps.Core;

namespace RelayOps.Adapters.Tests.Operations;

/// <summary>Of several copies Inspect reads the nearest good one, as Verify and Restore do.</summary>
public sealed class InspectCopiesTests
{
    [Fact]
    public async Task RunAsync_reads_the_next_copy_where_the_nearest_is_damaged_and_fails_where_all_are()
    {
        byte[] archive = [];
        var scene = new VerifyScene { Stored = bytes => archive = bytes };
        await scene.VerifyAsync();
        // The fifth byte of gzip tells a time, which nobody reads: that it is another tells the checksum alone.
        byte[][] bad = [archive[..^9], Flip(archive, archive.Length / 2), Flip(archive, 4)];

        Assert.Equal("store 0", (await scene.InspectAgainAsync(archive, bad[0])).Store);
        Assert.Equal("store 3", (await scene.InspectAgainAsync([.. bad, archive])).Store);
        Assert.Equal(ExitStatus.BadBackup, (await Assert.ThrowsAsync<RelayOpsException>(() => scene.InspectAgainAsync(bad))).Status);
        Assert.Equal(ExitStatus.BadBackup, (await Assert.ThrowsAsync<RelayOpsException>(() => scene.InspectAgainAsync(bad[2]))).Status);
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }
}
