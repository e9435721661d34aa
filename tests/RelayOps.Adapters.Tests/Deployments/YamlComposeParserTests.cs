using RelayOps.Adapters.Deployments;
using RelayOps.Core;
using RelayOps.Core.Deployments;

namespace RelayOps.Adapters.Tests.Deployments;

public class YamlComposeParserTests
{
    private static ComposeFile Parse(string text) => new YamlComposeParser().Parse(text);

    [Fact]
    public void Parse_finds_services_images_and_binds()
    {
        var compose = Parse("""
            version: '3.8'
            services:
              claude-relay:
                build: .
                image: weishaw/claude-relay-service:latest
                environment:
                  - JWT_SECRET=${JWT_SECRET}
                  - PORT=3000
                volumes:
                  - ./logs:/app/logs
                  - ./data:/app/data:ro
              redis:
                image: redis:7-alpine
                volumes:
                  - type: bind
                    source: ./redis_data
                    target: /data
              prometheus:
                image: prom/prometheus:latest
                volumes:
                  - ./config/prometheus.yml:/etc/prometheus/prometheus.yml:ro
                  - prometheus_data:/prometheus
                  - /etc/localtime:/etc/localtime:ro
                  - ${DIR:-./x}:/x
            volumes:
              prometheus_data:
            """);

        Assert.Equal(["claude-relay", "redis", "prometheus"], compose.Services.Select(service => service.Name));
        Assert.Equal("redis:7-alpine", compose.Services[1].Image);
        Assert.True(compose.Services[0].IsBuilt);
        Assert.Equal(["PORT"], compose.Services[0].OwnVariables.AsEnumerable());
        Assert.Equal(new ComposeBind("./redis_data", "/data"), Assert.Single(compose.Services[1].Binds));
        Assert.Equal(["config/prometheus.yml", "data", "logs", "redis_data"], compose.ReferencedPaths.AsEnumerable());
        Assert.Equal(["prometheus_data"], compose.NamedVolumes.AsEnumerable());
        Assert.Equal(["${DIR:-./x}", "/etc/localtime"], compose.OutsidePaths.AsEnumerable());
    }

    [Fact]
    public void Parse_finds_every_file_that_compose_reads()
    {
        var compose = Parse("""
            include:
              - more.yml
              - path: [parts/a.yml]
                env_file: parts/.env
            services:
              a:
                image: x
                env_file:
                  - one.env
                  - path: ./two.env
                    required: false
                extends: {file: base.yml, service: b}
              b: {image: y, env_file: three.env}
            configs:
              c: {file: ./config/c.conf}
            secrets:
              s: {file: ../outside.txt}
            """);

        Assert.Equal(
            ["base.yml", "config/c.conf", "more.yml", "one.env", "parts/.env", "parts/a.yml", "three.env", "two.env"], compose.ReferencedPaths.AsEnumerable());
        Assert.Equal(["../outside.txt"], compose.OutsidePaths.AsEnumerable());
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("services: [a]")]
    [InlineData("services:\n  a: [\n")]
    [InlineData("services: {a: *missing}")]
    public void Parse_refuses_what_is_no_compose_file(string text) =>
        Assert.Equal(ExitStatus.BadBackup, Assert.Throws<RelayOpsException>(() => Parse(text)).Status);

    [Fact]
    public void Parse_refuses_a_file_nested_to_exhaust_the_stack() =>
        Assert.Contains("nested", Assert.Throws<RelayOpsException>(() => Parse("services: " + new string('[', 100_000))).Why, StringComparison.Ordinal);
}
