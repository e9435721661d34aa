using RelayOps.Adapters.Archives;
using RelayOps.Core;
using RelayOps.Core.Operations.Restore;

namespace RelayOps.Adapters.Tests.Operations;

/// <summary>A store that hands out a good archive to whoever verifies it, and another one to whoever restores it.</summary>
public sealed class ReopenedArchiveTests
{
    [Theory]
    [InlineData("gzip", "ffffffffffffffffffffffffffffffff")]
    [InlineData("zstd", VerifyScene.Key)]
    public async Task ReadAsync_takes_what_was_verified_and_nothing_else(string codec, string key)
    {
        var (scene, planted) = (new VerifyScene(), new VerifyScene { Codec = codec, FingerprintOf = key });
        planted.Env = planted.Env!.Replace(VerifyScene.Key, key, StringComparison.Ordinal);
        await planted.VerifyAsync();
        var source = RestoreSource.From(await scene.VerifyAsync(), scene.Store!, Codecs.All);
        Assert.NotNull((await ArchiveContents.ReadAsync(source, new SilentReporter(), default)).Find(".env"));

        scene.Store!.Archive = planted.Store!.Archive;
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveContents.ReadAsync(source, new SilentReporter(), default));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("is not what was verified a moment ago", error.What, StringComparison.Ordinal);
    }

    /// <summary>What follows the archive proper is read, too.</summary>
    [Fact]
    public async Task ReadAsync_reads_what_is_behind_the_archive()
    {
        var scene = new VerifyScene { Codec = "gzip" };
        var source = RestoreSource.From(await scene.VerifyAsync(), scene.Store!, Codecs.All);

        scene.Store!.Archive = [.. scene.Store.Archive, 0];

        await Assert.ThrowsAsync<RelayOpsException>(() => ArchiveContents.ReadAsync(source, new SilentReporter(), default));
    }
}
