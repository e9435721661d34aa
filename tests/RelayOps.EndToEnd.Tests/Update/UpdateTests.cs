using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>New versions in a registry, good and bad, and what runs on which data afterwards.</summary>
[Collection(OneServer.Name)]
public sealed class UpdateTests(Server server, RegistryFixture fixture) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task Update_runs_the_newest_version_keeps_the_last_two_and_Rollback_undoes_it()
    {
        await using var versions = await Versions.BeginAsync(server, fixture.Registry, ServerUsers.Docker);
        var scenario = versions.Scenario;
        var (first, app, redis) = (await versions.RunningAsync(), await versions.ContainerAsync("claude-relay"), await versions.ContainerAsync("redis"));

        Assert.Empty((await versions.UpdateAsync()).Newer);
        Assert.Contains(scenario.Said.Notes, note => note.Contains("nothing is new", StringComparison.Ordinal));
        await versions.PublishAsync();
        var seen = await versions.UpdateAsync(versions.Request with { CheckOnly = true });
        Assert.Equal(("claude-relay", first), (seen.Newer.Single().Service, seen.Newer.Single().Former));
        Assert.Equal((app, redis, first), (await versions.ContainerAsync("claude-relay"), await versions.ContainerAsync("redis"), await versions.MeansAsync(versions.Service)));

        await scenario.RedisAsync("SET", "written", "before the first update");
        var digest = await versions.DigestAsync();
        var done = await versions.UpdateAsync();
        var second = await versions.RunningAsync();
        Assert.True(done.IsDone);
        Assert.True(done.Downtime > TimeSpan.Zero);
        Assert.Equal((seen.Newer.Single().Newest, redis), (second, await versions.ContainerAsync("redis")));
        Assert.Equal(digest, await versions.DigestAsync());
        Assert.Contains(first, await versions.ImagesAsync());

        await versions.PublishAsync();
        await versions.PublishRedisAsync();
        Assert.Equal(["claude-relay", "redis"], (await versions.UpdateAsync()).Newer.Select(image => image.Service).Order());
        Assert.NotEqual(redis, await versions.ContainerAsync("redis"));
        Assert.Equal(digest, await versions.DigestAsync());
        var third = await versions.RunningAsync();
        await versions.PublishAsync();
        await versions.UpdateAsync();
        var fourth = await versions.RunningAsync();
        var images = await versions.ImagesAsync();
        Assert.Equal([true, true, true, false], new[] { fourth, third, second, first }.Select(images.Contains));

        await scenario.RedisAsync("SET", "written", "after the last update");
        await scenario.RollbackAsync();
        Assert.Equal((third, third), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));
        Assert.Equal(digest, await versions.DigestAsync());
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    [Theory, InlineData("relay-sudo", true), InlineData("relay-busybox", false)]
    public async Task Update_goes_back_to_the_former_image_and_data_when_the_new_version_fails(string user, bool migrates)
    {
        await using var versions = await Versions.BeginAsync(server, fixture.Registry, ServerUsers.Get(user));
        var scenario = versions.Scenario;
        await scenario.RedisAsync("SET", "written:after", "the backup");
        await scenario.AsRootAsync("echo more >\"$1/data/written-after\"");
        var (digest, files, former) = (await versions.DigestAsync(), await scenario.FilesAsync("data"), await versions.RunningAsync());
        await (migrates ? versions.PublishMigratingAsync() : versions.PublishDeafAsync());

        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => versions.UpdateAsync(versions.Request with { HealthTimeout = TimeSpan.FromSeconds(5) }));

        Assert.Equal(ExitStatus.RolledBack, failed.Status);
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Equal((former, former), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));
        Assert.Equal(digest, await versions.DigestAsync());
        Assert.Equal(files, await scenario.FilesAsync("data"));
        Assert.Empty(await scenario.LeftoversAsync());
    }

    [Fact]
    public async Task Update_leaves_alone_what_cannot_be_pulled()
    {
        await using var versions = await Versions.BeginAsync(server, fixture.Registry, ServerUsers.Docker);
        var scenario = versions.Scenario;
        var app = await versions.ContainerAsync("claude-relay");
        await scenario.AsRootAsync("sed -i 's|image: \\(.*\\)/claude-relay-service:latest|image: \\1/missing:latest|' \"$1/docker-compose.yml\"");
        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => versions.UpdateAsync());
        Assert.Equal((ExitStatus.Failed, app), (failed.Status, await versions.ContainerAsync("claude-relay")));

        await scenario.AsRootAsync($"sed -i 's|image: .*/missing:latest|image: {versions.Service.Replace(":latest", "", StringComparison.Ordinal)}@sha256:{new string('0', 64)}|' \"$1/docker-compose.yml\"");
        Assert.Empty((await versions.UpdateAsync()).Newer);
        await scenario.AsRootAsync("sed -i '/image: .*@sha256:/d' \"$1/docker-compose.yml\"");
        Assert.Empty((await versions.UpdateAsync()).Newer);

        Assert.Equal(app, await versions.ContainerAsync("claude-relay"));
        Assert.Contains(scenario.Said.Notes, note => note.StartsWith("claude-relay is left alone: its image is pinned", StringComparison.Ordinal));
        Assert.Contains(scenario.Said.Notes, note => note.StartsWith("claude-relay is left alone: it is built there", StringComparison.Ordinal));
        Assert.Empty(await scenario.LeftoversAsync());
    }
}
