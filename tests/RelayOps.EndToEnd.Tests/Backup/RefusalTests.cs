using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Backup;

/// <summary>Bad input gets a clear error, the contract's exit status, and nothing changed.</summary>
[Collection(OneServer.Name)]
public sealed class RefusalTests(Server server)
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData(2, "does not exist", "--deployment-path", "/nowhere/at/all")]
    [InlineData(2, "is no deployment", "--deployment-path", "/usr")]
    [InlineData(2, "is no host name", "--server", "relay;reboot")]
    [InlineData(2, "--keep 0", "--keep", "0")]
    [InlineData(2, "compression", "--compression", "lz4")]
    public async Task Backup_refuses_wrong_use(int status, string what, params string[] instead)
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);

        var result = await RelayOpsProcess.RunAsync(["Backup", .. Without(deployment.Here, instead[0]), .. instead]);

        Assert.True(result.ExitCode == status, result.ToString());
        Assert.Contains(what, result.ToString(), StringComparison.Ordinal);
        Assert.Empty(deployment.Archives);
    }

    [Fact]
    public async Task Backup_without_a_server_says_what_to_do()
    {
        var result = await RelayOpsProcess.RunAsync("Backup");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--server local", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_refuses_an_unknown_host_key_and_shows_its_fingerprint()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        var empty = Path.Combine(deployment.Path, "nobody");
        await File.WriteAllTextAsync(empty, "");

        var result = await RelayOpsProcess.RunAsync(
            ["Backup", .. Without(deployment.Over(server.Sshd), "--known-hosts"), "--known-hosts", empty]);

        Assert.True(result.ExitCode == 3, result.ToString());
        Assert.Contains(server.Sshd.Fingerprint, result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_of_a_stopped_redis_is_a_failure()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.StopRedisAsync();

        var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("does not answer", result.ToString(), StringComparison.Ordinal);
        Assert.Empty(deployment.Archives);
    }

    [Fact]
    public async Task Verify_of_an_id_that_no_store_has_ends_in_4()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);

        var result = await RelayOpsProcess.RunAsync("Verify", "--backup-directory", deployment.Store, "--backup-id", "20200101_000000");

        Assert.True(result.ExitCode == 4, result.ToString());
    }

    private static IEnumerable<string> Without(string[] arguments, string name)
    {
        for (var i = 0; i < arguments.Length; i += 2)
            if (arguments[i] != name)
                foreach (var word in arguments[i..(i + 2)])
                    yield return word;
    }
}
