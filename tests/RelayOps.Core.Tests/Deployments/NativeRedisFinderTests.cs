using System.Collections.Immutable;
using RelayOps.Core.Deployments;
using RelayOps.Core.Redis;
using RelayOps.Core.Tests.Hosts;

namespace RelayOps.Core.Tests.Deployments;

/// <summary>Which Redis outside of docker may be stopped, by what its server says of it.</summary>
public sealed class NativeRedisFinderTests
{
    private static readonly string[] Plain =
    [
        "start=4711", "me=0", "user=999", "group=998", "umask=0022", "home=/srv/relay/redis_data", "program=/usr/bin/redis-server", "configuration=/etc/redis.conf",
    ];

    [Fact]
    public async Task GetAsync_knows_a_plain_process_by_its_id_and_start()
    {
        var native = await FindAsync(Plain);

        Assert.Equal((42, "4711", "/usr/bin/redis-server", "/etc/redis.conf", "999", "998", "0022", "/dev/null"), (native.ProcessId, native.StartTime,
            native.Program, native.Configuration, native.UserId, native.GroupId, native.Umask, native.Output));
        Assert.EndsWith(" /srv/relay /usr/bin/redis-server - 600 - 42:4711", native.StopCommand(Survey()).ToString());
        Assert.StartsWith("sh -c ", native.StopCommand(Survey()).ToString());
        Assert.StartsWith("sudo -n sh -c ", native.StartCommand(Survey() with { User = "ubuntu", CanSudo = true }).ToString());
    }

    [Fact]
    public async Task GetAsync_takes_a_unit_that_has_no_configuration_file()
    {
        var native = await FindAsync([.. Plain[..^1], "unit=redis-server.service", "parent=systemd"]);

        Assert.Equal("redis-server.service", native.ToString());
        Assert.Null(native.Configuration);
    }

    [Theory]
    [InlineData("start=", "is not to be found there")]
    [InlineData("home=", "may not stop what another user runs")]
    [InlineData("me=1000", "may not stop what another user runs")]
    [InlineData("home=/var/lib/redis", "it keeps its data in /var/lib/redis")]
    [InlineData("program=", "was replaced since it was started")]
    [InlineData("configuration=", "neither a systemd unit nor a readable configuration file")]
    [InlineData("configuration=/srv/relay/redis_data/redis.conf", "lies among the data")]
    [InlineData("differs=port", "does not say what redis runs with (port)")]
    [InlineData("parent=supervisord", "supervisord looks after it")]
    [InlineData("parent=containerd-shim", "containerd-shim looks after it")]
    public async Task GetAsync_refuses_what_would_not_come_back_as_it_was(string line, string why)
    {
        var name = line.Split('=')[0] + "=";
        string[] said = [.. Plain.Where(other => !other.StartsWith(name, StringComparison.Ordinal)), line];

        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => FindAsync(said));

        Assert.Equal(ExitStatus.WrongUse, refused.Status);
        Assert.Contains(why, refused.Why, StringComparison.Ordinal);
        Assert.Contains("--only data+logs+config", refused.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_refuses_a_unit_to_a_user_without_sudo()
    {
        string[] said = [.. Plain.Where(line => !line.StartsWith("me=", StringComparison.Ordinal)), "me=999", "unit=redis-server.service"];

        Assert.Contains("may not stop redis-server.service", (await Assert.ThrowsAsync<RelayOpsException>(() => FindAsync(said))).Why, StringComparison.Ordinal);
    }

    private static Task<NativeRedis> FindAsync(string[] said)
    {
        var info = ImmutableDictionary<string, string>.Empty.Add("process_id", "42");
        var endpoint = RedisEndpoint.OnServer("127.0.0.1", RedisSettings.Default, [""]);
        var redis = new RedisServer(endpoint, "", info, ImmutableDictionary<string, string>.Empty, freeBytes: 0, dumpOwner: null);
        return new NativeRedisFinder(new AnsweringHost(_ => string.Join('\n', said)), Survey()).GetAsync(redis, CancellationToken.None);
    }

    private static ServerSurvey Survey() => new()
    {
        Path = "/srv/relay",
        User = "root",
        NodeName = "relay",
        MachineId = "1",
        Clock = DateTimeOffset.UnixEpoch,
        FreeBytes = 0,
        ComposeFile = "docker-compose.yml",
        HasEnvironmentFile = true,
        IsWritable = true,
        Tools = [],
        CanSudo = false,
    };
}
