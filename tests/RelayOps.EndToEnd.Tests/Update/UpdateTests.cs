using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Update;

/// <summary>New versions in a registry, and what runs on which data afterwards: one deployment, whatever it runs when a test begins.</summary>
[Collection(Beside.Name)]
public sealed class UpdateTests(UpdateTests.Shared shared) : IClassFixture<UpdateTests.Shared>
{
    private readonly Versions versions = shared.Versions;

    [Fact]
    public async Task Update_runs_the_newest_version_keeps_the_last_two_and_Rollback_undoes_it()
    {
        var scenario = versions.Scenario;
        var (first, app, redis) = (await versions.RunningAsync(), await versions.ContainerAsync("claude-relay"), await versions.ContainerAsync("redis"));
        var (old, older) = (await KeepAsync("20200102_000000"), await KeepAsync("20200101_000000"));

        Assert.Empty((await versions.UpdateAsync()).Newer);
        Assert.Contains(scenario.Said.Notes, note => note.StartsWith("nothing is new", StringComparison.Ordinal));
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
        Assert.Equal(new[] { true, true, true, false }, await AreThereAsync(second, first, old, older));

        await versions.PublishAsync();
        await versions.PublishRedisAsync();
        Assert.Equal(["claude-relay", "redis"], (await versions.UpdateAsync()).Newer.Select(image => image.Service).Order());
        Assert.NotEqual(redis, await versions.ContainerAsync("redis"));
        Assert.Equal(digest, await versions.DigestAsync());
        Assert.Equal(new[] { true, true, true, false }, await AreThereAsync(await versions.RunningAsync(), second, first, old));

        await scenario.RedisAsync("SET", "written", "after the last update");
        await scenario.RollbackAsync();
        Assert.Equal((second, second), (await versions.RunningAsync(), await versions.MeansAsync(versions.Service)));
        Assert.Equal(digest, await versions.DigestAsync());
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    [Fact]
    public async Task Update_leaves_alone_what_cannot_be_pulled()
    {
        var (scenario, service) = (versions.Scenario, versions.Service);
        var (app, before) = (await versions.ContainerAsync("claude-relay"), await scenario.LeftoversAsync());
        await scenario.AsRootAsync("cp -p \"$1/docker-compose.yml\" \"$1/../docker-compose.kept\"");
        await NameAsync(service.Replace("claude-relay-service", "missing", StringComparison.Ordinal));
        var failed = await Assert.ThrowsAsync<RelayOpsException>(() => versions.UpdateAsync());
        Assert.Equal((ExitStatus.Failed, app), (failed.Status, await versions.ContainerAsync("claude-relay")));

        await NameAsync($"{service.Replace(":latest", "", StringComparison.Ordinal)}@sha256:{new string('0', 64)}");
        await AssertLeftAloneAsync("claude-relay is left alone: its image is pinned");
        await scenario.AsRootAsync("sed -i '/image: .*@sha256:/d' \"$1/docker-compose.yml\"");
        await AssertLeftAloneAsync("claude-relay is left alone: it is built there");

        await scenario.AsRootAsync("mv \"$1/../docker-compose.kept\" \"$1/docker-compose.yml\"");
        Assert.Equal(app, await versions.ContainerAsync("claude-relay"));
        Assert.Equal(before, await scenario.LeftoversAsync());

        async Task AssertLeftAloneAsync(string note)
        {
            Assert.DoesNotContain((await versions.UpdateAsync(versions.Request with { CheckOnly = true })).Newer, image => image.Service == "claude-relay");
            Assert.Contains(scenario.Said.Notes, said => said.StartsWith(note, StringComparison.Ordinal));
        }
    }

    /// <summary>An image as an update of that time would have kept it.</summary>
    private async Task<string> KeepAsync(string stamp)
    {
        var serverId = (await versions.InspectAsync()).Deployment.Server.Id;
        var container = (await DockerDaemon.RunAsync(["create", versions.Service], versions.Scenario.Patience)).Trim();
        var id = (await DockerDaemon.RunAsync(
            ["commit", "--change", $"LABEL kept={stamp}", container, $"{KeptImages.RepositoryOf(serverId)}:claude-relay-{stamp}"], versions.Scenario.Patience)).Trim();
        await DockerDaemon.RunAsync(["rm", container], versions.Scenario.Patience);
        return id;
    }

    private async Task<IEnumerable<bool>> AreThereAsync(params string[] ids)
    {
        var images = await versions.ImagesAsync();
        return ids.Select(images.Contains);
    }

    /// <summary>Has the compose file name another image of the service.</summary>
    private Task<string> NameAsync(string image) =>
        versions.Scenario.AsRootAsync($"sed -i 's#image: .*/\\(claude-relay-service\\|missing\\):latest#image: {image}#' \"$1/docker-compose.yml\"");

    /// <summary>One deployment for the class.</summary>
    public sealed class Shared(Server server) : IAsyncLifetime
    {
        private Versions? _versions;

        internal Versions Versions => _versions!;

        public async Task InitializeAsync() => _versions = await Versions.BeginAsync(server, ServerUsers.Docker);

        public async Task DisposeAsync() => await _versions!.DisposeAsync();
    }
}
