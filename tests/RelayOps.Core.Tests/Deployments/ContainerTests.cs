using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

public sealed class ContainerTests
{
    private const string Inspected = """
        [{"Id":"3f","Name":"/deploy-redis-1","Path":"docker-entrypoint.sh","Args":["redis-server","--appendonly","yes"],
          "State":{"Running":true,"StartedAt":"2025-08-05T14:25:30.1Z"},"Image":"sha256:aa",
          "Config":{"Image":"redis:7-alpine","Env":["REDIS_PASSWORD=x=y","PATH=/bin"],
                    "Labels":{"com.docker.compose.service":"redis","com.docker.compose.project.working_dir":"/srv/relay"}},
          "Mounts":[{"Type":"bind","Source":"/srv/relay/redis_data","Destination":"/data"}]},
         {"Id":"4f","Name":"/other","Path":"nginx","Args":null,"State":{"Running":false,"StartedAt":"0001-01-01T00:00:00Z"},"Image":"sha256:bb",
          "Config":{"Image":"nginx","Env":null,"Labels":null},"Mounts":[{"Source":"/srv/relay2/x","Destination":"/x"}]}]
        """;

    [Fact]
    public void ParseAll_reads_what_docker_inspect_prints()
    {
        var containers = Container.ParseAll(Inspected);

        var redis = containers[0];
        Assert.Equal(("deploy-redis-1", "redis", true, true), (redis.Name, redis.Service, redis.IsRunning, redis.RunsRedis));
        Assert.Equal("x=y", redis.Environment["REDIS_PASSWORD"]);
        Assert.False(containers[1].RunsRedis);
        Assert.Equal((true, false), (redis.HasRun, containers[1].HasRun));
    }

    [Theory]
    [InlineData("/srv/relay/redis_data/dump.rdb", "/data/dump.rdb")]
    [InlineData("/srv/relay/redis_data", "/data")]
    [InlineData("/srv/relay/redis_data2/dump.rdb", null)]
    public void InsideOf_follows_the_bind_mount(string outside, string? inside) =>
        Assert.Equal(inside, Container.ParseAll(Inspected)[0].InsideOf(outside));

    [Fact]
    public void BelongsTo_goes_by_mount_and_label_and_not_by_a_common_beginning()
    {
        var containers = Container.ParseAll(Inspected);

        Assert.True(containers[0].BelongsTo("/srv/relay"));
        Assert.False(containers[1].BelongsTo("/srv/relay"));
        Assert.True(containers[1].BelongsTo("/srv/relay2"));
    }

    [Fact]
    public void ParseAll_has_nothing_where_docker_has_nothing() => Assert.Empty(Container.ParseAll("\n"));
}
