using System.Security.Cryptography;
using RelayOps.Core;

namespace RelayOps.Adapters.Tests.Contracts;

/// <summary>What a store owes beside that whose archives come over a network: they arrive whole, or not at all.</summary>
public abstract class RemoteStoreContract : StoreContract
{
    /// <summary>The next bytes of an archive break off in their middle.</summary>
    protected abstract void BreakNextDownload();

    /// <summary>The next bytes of an archive are as many, and one is another.</summary>
    protected abstract void DamageNextDownload();

    [Fact]
    public async Task OpenAsync_reads_on_where_the_connection_broke()
    {
        var content = LargeArchive;
        var put = await PutAsync(Newest, content);
        BreakNextDownload();

        await using var stream = await Store.OpenAsync(put, CancellationToken.None);

        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_ends_in_exit_4_when_other_bytes_arrive_than_were_put()
    {
        var put = await PutAsync(Newest, LargeArchive);
        DamageNextDownload();

        await using var stream = await Store.OpenAsync(put, CancellationToken.None);
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => stream.CopyToAsync(Stream.Null));

        Assert.Equal(ExitStatus.BadBackup, error.Status);
        Assert.Contains("sha256", error.Why, StringComparison.Ordinal);
    }
}
