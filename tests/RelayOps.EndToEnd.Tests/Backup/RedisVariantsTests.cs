using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Backup;

/// <summary>Every Redis of the field gives its dataset, and is left as it was found.</summary>
public sealed class RedisVariantsTests
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("appendonly no", null)]
    [InlineData("appendonly yes", null)]
    [InlineData("appendonly yes", "a pass'word with $everything & more")]
    public async Task Backup_takes_the_dataset(string setting, string? password)
    {
        await using var deployment = await NativeDeployment.StartAsync(
            new RedisServerOptions { Settings = [setting], Password = password }, Patience);
        await deployment.FillAsync(500, 100, Patience);
        await deployment.Redis.Cli.RunAsync(["-n", "5", "SET", "other", "database"], Patience);

        var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--level", "drill"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("501 keys", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_waits_for_a_save_that_began_before_it_and_takes_another()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(10, 100, Patience);
        await deployment.Redis.StartEndlessSaveAsync(Patience);
        await using var backup = RelayOpsProcess.Start(new Dictionary<string, string>(), ["Backup", .. deployment.Here]);
        await deployment.Redis.Cli.RunAsync(["SET", "after", "the save began"], Patience);

        await deployment.Redis.EndSaveAsync(Patience);
        var result = await backup.WaitAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("11 keys", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case15_ARedisThatCannotSave_backup_takes_the_replication_stream_and_warns()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(300, 100, Patience);
        deployment.Redis.RefuseSaves();
        var delay = await deployment.Redis.Cli.RunAsync(["CONFIG", "GET", "repl-diskless-sync-delay"], Patience);

        var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("300 keys", result.Output, StringComparison.Ordinal);
        Assert.Contains("cannot save", result.ToString(), StringComparison.Ordinal);
        Assert.Equal(delay, await deployment.Redis.Cli.RunAsync(["CONFIG", "GET", "repl-diskless-sync-delay"], Patience));
        deployment.Redis.AllowSaves();
    }

    [Fact]
    public async Task Backup_of_a_replica_takes_its_dataset()
    {
        await using var master = await RedisServerProcess.StartAsync(Patience);
        await master.Cli.RunAsync(["SET", "usage:1", "from the master"], Patience);
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { ReplicaOf = master }, Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await deployment.Redis.Cli.InfoAsync("master_link_status", Patience) != "up")
            await tick.WaitForNextTickAsync(Patience);

        var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("1 keys", result.Output, StringComparison.Ordinal);
    }
}
