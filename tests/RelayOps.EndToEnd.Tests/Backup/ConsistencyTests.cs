using System.Globalization;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Datasets;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Backup;

/// <summary>What is in a backup is the deployment of one moment, whole, and nobody else may read it.</summary>
[Collection(OneServer.Name)]
public sealed class ConsistencyTests(Server server)
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;

    [Fact]
    public async Task Case02_ACopyThatMeetsARewrite_backup_under_load_is_of_one_moment_in_both_layouts()
    {
        await using var deployment = await NativeDeployment.StartAsync(
            new RedisServerOptions { Settings = ["appendonly yes", "auto-aof-rewrite-min-size 1mb"] }, Patience);
        await using (await WriteLoad.StartAsync(deployment.Redis.Cli, 5000, Patience))
        {
            await deployment.Redis.Cli.RunAsync(["BGREWRITEAOF"], Patience);
            var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--level", "drill"]);
            Assert.True(result.ExitCode == 0, result.ToString());
        }

        using var unpacked = TestDirectory.Create("relayops-unpacked-");
        await Shell.RunAsync("tar", ["xzf", deployment.Archives.Single(), "-C", unpacked.Path, "--strip-components", "1"], Patience);
        foreach (var setting in new[] { "appendonly no", "appendonly yes" })
        {
            await using var redis = await RedisServerProcess.StartAsync(
                new RedisServerOptions { Settings = [setting], Directory = unpacked.File("redis_data") }, Patience);
            var first = long.Parse(await redis.Cli.RunAsync(["GET", WriteLoad.FirstKey], Patience), CultureInfo.InvariantCulture);
            Assert.True(first > 0);
            Assert.Equal(first, long.Parse(await redis.Cli.RunAsync(["GET", WriteLoad.SecondKey], Patience), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Case11_ARenamedProjectAndAnOddPath_backup_finds_its_own_containers_and_tells_what_it_left_out()
    {
        await using var deployment = await Deployment.CreateAsync(
            new DeploymentOptions { Owner = ServerUsers.Sudo, DirectoryName = "relay 部署 ñ", ProjectName = "another-name", WithOddFiles = true }, Patience);
        await deployment.UpAsync(Patience);
        using var store = TestDirectory.Create("relayops-store-");

        var result = await RelayOpsProcess.RunAsync(
            ["Backup", .. server.Reaching(ServerUsers.Sudo, deployment.Path), "--backup-directory", store.Path]);

        Assert.True(result.ExitCode == 0, result.ToString());
        foreach (var skipped in new[] { "data/odd/fifo: a socket", "data/odd/socket: a socket", "data/odd/link out: its link leads out" })
            Assert.Contains("left out " + skipped, result.ToString(), StringComparison.Ordinal);
        var names = await Shell.RunAsync("tar", ["tzf", Directory.GetFiles(store.Path, "*.tar.gz").Single(), "--quoting-style=literal"], Patience);
        foreach (var kept in new[] { "data/odd/sparse", "data/odd/-dash", "data/odd/名前 ñ", "data/odd/$HOME `id` \\backslash", "data/odd/link broken", "data/odd/unreadable" })
            Assert.Contains(kept, names, StringComparison.Ordinal);
        Assert.DoesNotContain("data.bak", names, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_reaches_a_redis_that_speaks_tls_with_a_password()
    {
        await using var deployment = await Deployment.CreateAsync(
            new DeploymentOptions { Owner = ServerUsers.Docker, RedisTls = true, RedisPassword = "pass$word", AppendOnly = false }, Patience);
        await deployment.UpAsync(Patience);
        using var store = TestDirectory.Create("relayops-store-");

        var result = await RelayOpsProcess.RunAsync(
            ["Backup", .. server.Reaching(ServerUsers.Docker, deployment.Path), "--backup-directory", store.Path]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("pass$word", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case20_AnArchiveThatOthersMayRead_backup_is_for_its_owner_alone()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(5, 10, Patience);

        await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(deployment.Store));
        Assert.All(Directory.GetFiles(deployment.Store), file => Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Backup_in_a_dry_run_prints_its_commands_and_changes_nothing()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(5, 10, Patience);
        var before = await ListAsync(deployment.Path);

        var result = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--dry-run"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("BGSAVE", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(deployment.Store));
        Assert.Equal(before, await ListAsync(deployment.Path));
    }

    [Fact]
    public async Task Case24_ARunWithNothingToBackUp_backup_of_a_collapsed_dataset_is_not_kept_unless_told()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(100, 10, Patience);
        Assert.Equal(0, (await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here])).ExitCode);
        await deployment.Redis.Cli.RunAsync(["FLUSHALL"], Patience);

        var refused = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);
        Assert.True(refused.ExitCode == 1, refused.ToString());
        Assert.Single(deployment.Archives);

        var allowed = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--allow-shrink"]);
        Assert.True(allowed.ExitCode == 0, allowed.ToString());
        Assert.Equal(2, deployment.Archives.Count());
    }

    [Fact]
    public async Task Case03_ADamagedByteInsideASoundDirectory_verify_ends_in_4()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(100, 100, Patience);
        Assert.Equal(0, (await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here])).ExitCode);
        var archive = deployment.Archives.Single();
        var bytes = await File.ReadAllBytesAsync(archive);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(archive, bytes);

        var result = await RelayOpsProcess.RunAsync("Verify", "--backup-directory", deployment.Store);

        Assert.True(result.ExitCode == 4, result.ToString());
    }

    [Fact]
    public async Task Case25_RetentionThatDeletesEverything_backup_prunes_only_behind_a_verified_one()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(10, 10, Patience);
        for (var i = 0; i < 3; i++)
            Assert.Equal(0, (await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--keep", "2"])).ExitCode);

        Assert.Equal(2, deployment.Archives.Count());
        var list = await RelayOpsProcess.RunAsync("List", "--backup-directory", deployment.Store, "--json");
        using var json = System.Text.Json.JsonDocument.Parse(list.Output);
        Assert.All(json.RootElement.EnumerateArray(), backup => Assert.Equal("deep", backup.GetProperty("verified").GetString()));
    }

    private static Task<string> ListAsync(string path) =>
        Shell.RunAsync("sh", ["-c", "find \"$1\" -exec stat -c '%n %s %Y %a' {} + | sort", "sh", path], Patience);
}
