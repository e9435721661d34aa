using RelayOps.Core.Deployments;

namespace RelayOps.Core.Tests.Deployments;

public sealed class ImagesTests
{
    private static readonly ExchangedImage App = new("claude-relay", "relay-claude-relay-1", "weishaw/claude-relay-service:latest", "sha256:old", "sha256:new");

    [Fact]
    public void Parse_finds_the_digest_of_the_name_that_was_pulled()
    {
        var pulled = ImagePull.Parse("""
            registry.example:5000/relay:latest sha256:1 2026-01-02T03:04:05.6Z other/relay@sha256:9,registry.example:5000/relay@sha256:2,
            redis sha256:3 2026-01-02T03:04:05.6Z

            """);

        Assert.Equal("registry.example:5000/relay@sha256:2", pulled["registry.example:5000/relay:latest"].Digest);
        Assert.Equal(new PulledImage("redis", "sha256:3", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 600, TimeSpan.Zero), null), pulled["redis"]);
    }

    [Fact]
    public void Superfluous_keeps_the_newest_two_of_each_service_and_what_a_safety_copy_needs() => Assert.Equal(
        "app-20250802_000000",
        Assert.Single(KeptImages.Superfluous(
            ["app-20250801_000000", "app-20250802_000000", "app-20250803_000000", "app-20250804_000000", "redis-20250701_000000", "latest"],
            new HashSet<string> { "20250801_000000" })));

    [Fact]
    public void StartCommands_has_compose_make_anew_only_what_gets_another_image()
    {
        var survey = ServerSurvey.Parse("now=1\npath=/srv/relay\ncompose=docker-compose.yml\ndocker=docker\nprogram=docker-compose\n", "relay", "/srv/relay");
        var (redis, app) = (Made("relay-redis-1", "redis"), Made("relay-claude-relay-1", "claude-relay"));
        var services = new ServiceControl(null!, survey, [redis, app]);

        var commands = services.StartCommands(Journal, redis, app).Select(command => command.ToString()).ToList();

        Assert.Equal(2, commands.Count);
        Assert.EndsWith("/srv/relay 1 claude-relay docker-compose -p relay", commands[0], StringComparison.Ordinal);
        Assert.Equal("docker start id-of-relay-redis-1", commands[1]);
    }

    [Fact]
    public void Journal_carries_images_and_reads_those_written_without()
    {
        var read = RestoreJournal.Parse(Journal.ToText());

        Assert.Equal((true, App), (read.Copies, Assert.Single(read.Images)));
        Assert.Empty(RestoreJournal.Parse("""
            {"format":1,"operation":"Restore","stamp":"20250805_142530","phase":"Switching","startedAt":"2025-08-05T14:25:30+00:00","items":[],"running":[],"services":[],"redis":true}
            """).Images);
    }

    private static RestoreJournal Journal => new()
    {
        Operation = "Update",
        Stamp = "20250805_142530",
        Phase = RestorePhase.Switching,
        StartedAt = DateTimeOffset.UnixEpoch,
        Items = [],
        Running = ["relay-redis-1", "relay-claude-relay-1"],
        Project = "relay",
        Redis = true,
        Copies = true,
        Images = [App],
    };

    private static Container Made(string name, string service) => new()
    {
        Id = $"id-of-{name}",
        Name = name,
        IsRunning = true,
        Image = service,
        ImageId = "sha256:old",
        Service = service,
        CommandLine = [service],
        Environment = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty,
        Mounts = [],
    };
}
