using System.Runtime.Versioning;
using RelayOps.Adapters.Stores;
using RelayOps.Adapters.Stores.Rclone;
using RelayOps.Adapters.Tests.Contracts;
using RelayOps.Core;
using RelayOps.Core.Backups;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Rclone;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>A remote on the other side of a login.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RcloneSftpTests : IDisposable
{
    private const string Password = "canary-sftp-22c1";

    private readonly TemporaryDirectory home = new();
    private readonly byte[] content = new byte[700_001];

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Store_keeps_lists_reads_and_removes_over_sftp_and_a_wrong_password_is_exit_3()
    {
        Random.Shared.NextBytes(content);
        Directory.CreateDirectory(home["remote"]);
        await using var server = await RcloneServer.StartAsync(home["remote"], "sftp", "--user", "relay", "--pass", Password);
        var store = await OpenAsync(server, Password);

        var put = await store.PutAsync(await LocalAsync(), CancellationToken.None);
        Assert.Equal(put.Record, Assert.Single(await store.ListAsync(CancellationToken.None)).Record!, Same);
        Assert.Equal(content, await ReadAsync(store, put));
        await store.SaveRecordAsync(put, put.Record! with { Pinned = true }, CancellationToken.None);
        Assert.True(Assert.Single(await store.ListAsync(CancellationToken.None)).Record!.Pinned);
        await store.DeleteAsync(put, CancellationToken.None);
        Assert.Empty(Directory.GetFiles(home["remote/backups"]));

        var wrong = await OpenAsync(server, Password + "x");
        var error = await Assert.ThrowsAsync<RelayOpsException>(() => wrong.ListAsync(CancellationToken.None));
        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.StartsWith("try it by hand", error.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_tells_nobody_a_password_whose_host_key_the_user_does_not_know()
    {
        Directory.CreateDirectory(home["remote"]);
        await using var server = await RcloneServer.StartAsync(home["remote"], "sftp", "--user", "relay", "--pass", Password);
        var store = await OpenAsync(server, Password, known: false);

        var error = await Assert.ThrowsAsync<RelayOpsException>(() => store.ListAsync(CancellationToken.None));

        Assert.Equal(ExitStatus.NoConnection, error.Status);
        Assert.Contains("~/.ssh/known_hosts", error.Next, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NewFs: failed to make sftp: couldn't connect SSH: ssh: handshake failed: knownhosts: key is unknown", true)]
    [InlineData("NewFs: failed to make sftp: couldn't parse known_hosts_file: open /home/relay/.ssh/known_hosts: no such file or directory", true)]
    [InlineData("Failed to create file system for \":sftp,host=nas,known_hosts_file=/nas:backups\": couldn't connect SSH: dial tcp: connection refused", false)]
    public void AreMissing_tells_a_refused_key_from_any_other_failure(string said, bool expected) => Assert.Equal(expected, RcloneHostKeys.AreMissing(said));

    [Theory]
    [InlineData("{}", null, "RCLONE_SFTP_KNOWN_HOSTS_FILE=~/.ssh/known_hosts")]
    [InlineData("", null, "RCLONE_SFTP_KNOWN_HOSTS_FILE=~/.ssh/known_hosts")]
    [InlineData("{}", "/etc/hosts.known", "")]
    [InlineData("""{"nas":{"type":"sftp","known_hosts_file":"/nas"},"box":{"type":"sftp"},"s3":{"type":"s3"}}""", null,
        "RCLONE_SFTP_KNOWN_HOSTS_FILE=~/.ssh/known_hosts RCLONE_CONFIG_NAS_KNOWN_HOSTS_FILE=/nas")]
    public void Of_is_the_users_own_list_unless_the_operator_has_named_another(string configuration, string? named, string expected) =>
        Assert.Equal(expected, string.Join(' ', RcloneHostKeys.Of(configuration, name => name == "RCLONE_SFTP_KNOWN_HOSTS_FILE" ? named : null).Select(pair => $"{pair.Key}={pair.Value}")));

    private static bool Same(CatalogueRecord? one, CatalogueRecord? other) => CatalogueJson.Write(one!).AsSpan().SequenceEqual(CatalogueJson.Write(other!));

    private static async Task<byte[]> ReadAsync(RcloneStore store, StoredBackup backup)
    {
        await using var stream = await store.OpenAsync(backup, CancellationToken.None);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }

    private async Task<RcloneStore> OpenAsync(RcloneServer server, string password, bool known = true)
    {
        var port = $"{server.Address.Port}";
        await File.WriteAllTextAsync(home["hosts"], await Shell.RunAsync("ssh-keyscan", ["-p", port, "127.0.0.1"], CancellationToken.None));
        var hosts = known ? $",known_hosts_file={home["hosts"]}" : "";
        var obscured = (await Shell.RunAsync("rclone", ["obscure", password], CancellationToken.None)).Trim();
        return new RcloneStore($"{RcloneStore.Prefix}:sftp,host=127.0.0.1,port={port},user=relay,pass={obscured}{hosts}:backups", allowPlaintext: true);
    }

    private async Task<CataloguedBackup> LocalAsync()
    {
        var local = new LocalDirectoryStore(home["local"], SilentReporter.Instance);
        var record = StoreContract.RecordOf(BackupId.Get("20250805_142530"), content);
        await using var pending = await local.BeginAsync(record.Archive, CancellationToken.None);
        await pending.Content.WriteAsync(content);
        return new CataloguedBackup(local, await pending.CommitAsync(record, CancellationToken.None));
    }
}
