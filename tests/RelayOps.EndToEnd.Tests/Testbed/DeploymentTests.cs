using System.Net;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Datasets;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Processes;

namespace RelayOps.EndToEnd.Tests.Testbed;

[Collection(OneServer.Name)]
public sealed class DeploymentTests : IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(3));

    private CancellationToken Patience => patience.Token;

    [Fact]
    public async Task UpAsync_is_healthy_with_every_key_and_client_of_the_dataset()
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions(), Patience);

        await deployment.UpAsync(Patience);

        var redis = await deployment.RedisAsync(Patience);
        Assert.Equal("healthy", await deployment.FindHealthAsync(Patience));
        Assert.InRange(deployment.LoadedKeys[0], 1200, 1400);
        Assert.Equal(deployment.LoadedKeys[0] + Deployment.KeysOfTheService.Length, await redis.CountAsync(0, Patience));
        Assert.Equal(deployment.LoadedKeys[1], await redis.CountAsync(1, Patience));
        Assert.Equal(deployment.LoadedKeys[5], await redis.CountAsync(5, Patience));
        Assert.Equal(HttpStatusCode.OK, await deployment.AskAsync(deployment.ApiKeys[^1], Patience));
        Assert.Equal(HttpStatusCode.Unauthorized, await deployment.AskAsync("cr_unknown", Patience));
    }

    [Fact]
    public async Task UpAsync_leaves_files_as_the_official_images_do()
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions(), Patience);

        await deployment.UpAsync(Patience);

        Assert.Equal("755 999", await StatAsync($"{deployment.Path}/redis_data"));
        Assert.Equal("700 999", await StatAsync($"{deployment.Path}/redis_data/appendonlydir"));
        Assert.Equal("600 999", await StatAsync($"{deployment.Path}/redis_data/appendonlydir/appendonly.aof.1.incr.aof"));
        Assert.Equal("644 0", await StatAsync($"{deployment.Path}/data/init.json"));
        Assert.Equal("600 0", await StatAsync($"{deployment.Path}/.env"));
    }

    [Fact]
    public async Task FindHealthAsync_tells_of_a_stopped_redis()
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions { Dataset = null }, Patience);
        await deployment.UpAsync(Patience);

        await deployment.ComposeAsync(["stop", "redis"], Patience);

        Assert.Equal("unhealthy", await deployment.FindHealthAsync(Patience));
    }

    [Fact]
    public async Task UpAsync_works_with_password_tls_project_name_odd_path_and_odd_files()
    {
        await using var deployment = await Deployment.CreateAsync(
            new DeploymentOptions
            {
                DirectoryName = "relay 部署 ñ",
                ProjectName = "another",
                RedisPassword = "p@ss word",
                RedisTls = true,
                AppendOnly = false,
                ComposeFileVersion = "2.4",
                WithOddFiles = true,
            },
            Patience);

        await deployment.UpAsync(Patience);

        Assert.Equal(deployment.LoadedKeys[1], await (await deployment.RedisAsync(Patience)).CountAsync(1, Patience));
        Assert.Contains("another", await deployment.ComposeAsync(["ps"], Patience), StringComparison.Ordinal);
        Assert.Equal("socket", (await Shell.RunAsRootAsync("stat", ["-c", "%F", $"{deployment.Path}/data/odd/socket"], Patience)).Trim());
    }

    [Fact]
    public async Task UpAsync_serves_two_deployments_side_by_side()
    {
        await using var one = await Deployment.CreateAsync(new DeploymentOptions(), Patience);
        await using var other = await Deployment.CreateAsync(new DeploymentOptions { DirectoryName = "other" }, Patience);

        await Task.WhenAll(one.UpAsync(Patience), other.UpAsync(Patience));

        Assert.Equal(HttpStatusCode.OK, await one.AskAsync(one.ApiKeys[0], Patience));
        Assert.Equal(HttpStatusCode.Unauthorized, await other.AskAsync(one.ApiKeys[0], Patience));
    }

    [Fact]
    public async Task DownAsync_then_UpAsync_keeps_the_data()
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions(), Patience);
        await deployment.UpAsync(Patience);

        await deployment.DownAsync(Patience);
        Assert.Empty(await deployment.ContainerAsync("redis", Patience));
        Assert.Null(await deployment.FindHealthAsync(Patience));
        await deployment.UpAsync(Patience);

        // A graceful stop forgets who was being served.
        var served = deployment.ApiKeys.Length;
        Assert.Equal(deployment.LoadedKeys[0] + Deployment.KeysOfTheService.Length - served, await (await deployment.RedisAsync(Patience)).CountAsync(0, Patience));
    }

    [Fact]
    public async Task WriteLoad_counts_what_redis_confirmed()
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions { Dataset = null }, Patience);
        await deployment.UpAsync(Patience);
        var redis = await deployment.RedisAsync(Patience);
        await using var load = await WriteLoad.StartAsync(redis, 2000, Patience);

        var writes = await load.StopAsync();

        Assert.InRange(writes, 1, long.MaxValue);
        Assert.Equal($"{writes}", await redis.RunAsync(["GET", WriteLoad.FirstKey], Patience));
        Assert.Equal($"{writes}", await redis.RunAsync(["GET", WriteLoad.SecondKey], Patience));
    }

    [Fact]
    public async Task RedisDiskMegabytes_makes_a_disk_that_fills_up()
    {
        await using var deployment = await Deployment.CreateAsync(new DeploymentOptions { RedisDiskMegabytes = 4, Dataset = null, AppendOnly = false }, Patience);
        await deployment.UpAsync(Patience);
        var redis = await deployment.RedisAsync(Patience);

        await Shell.TryAsync(new ShellCommand("dd", ["if=/dev/zero", $"of={deployment.Path}/redis_data/filler", "bs=1M"]) { AsRoot = true }, Patience);

        var refused = await Assert.ThrowsAsync<ShellException>(() => redis.RunAsync(["SAVE"], Patience));
        Assert.Contains("ERR", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => patience.Dispose();

    private async Task<string> StatAsync(string path) =>
        (await Shell.RunAsRootAsync("stat", ["-c", "%a %u", path], Patience)).Trim();
}
