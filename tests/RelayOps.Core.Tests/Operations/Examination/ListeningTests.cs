using System.Collections.Immutable;
using System.Diagnostics;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Doctor;
using RelayOps.Core.Redis;
using RelayOps.Core.Tests.Hosts;
using RelayOps.Core.Tests.Redis;

namespace RelayOps.Core.Tests.Operations.Examination;

/// <summary>Who reaches what docker publishes no ports of: a container with the server's network, and a Redis on the server itself.</summary>
public sealed class ListeningTests
{
    private const string Loopback = "bind=127.0.0.1 -::1\nprotected-mode=yes\nport=6379\ntls-port=0\n";

    [Theory]
    [InlineData(Loopback, "7.2.4", "", true)]
    [InlineData("bind=* -::*\nprotected-mode=yes\nport=6379\ntls-port=0", "7.0.15", "0.0.0.0:6379 [::]:6379", true)]
    [InlineData("bind=* -::*\nprotected-mode=no\nport=6379\ntls-port=0", "7.0.15", "0.0.0.0:6379 [::]:6379", false)]
    // Before 7.0 protected mode holds only where no address is named.
    [InlineData("bind=0.0.0.0\nprotected-mode=yes\nport=6379", "6.2.14", "0.0.0.0:6379", false)]
    [InlineData("bind=\nprotected-mode=yes\nport=6379", "5.0.14", "0.0.0.0:6379", true)]
    [InlineData("bind=10.0.0.5 127.0.0.1\r\nprotected-mode=no\r\nport=6379\r\ntls-port=6380\r\n", "7.2.4", "10.0.0.5:6379 10.0.0.5:6380", false)]
    [InlineData("bind=*\nprotected-mode=no\nport=0\ntls-port=0", "7.2.4", "", false)]
    public void Parse_reads_what_redis_says(string said, string version, string exposed, bool isProtected)
    {
        var listening = RedisListening.Parse(said, version);

        Assert.Equal((exposed, isProtected, null), (string.Join(' ', listening.Exposed), listening.IsProtected, listening.NotKnown));
    }

    [Fact]
    public void Judge_does_not_pass_a_redis_that_does_not_say_where_it_listens() =>
        Assert.Equal(CheckOutcome.NotChecked, Exposed(RedisListening.Parse("protected-mode=yes\nport=6379", "7.2.4")).Outcome);

    [Fact]
    public void Judge_passes_loopback_and_what_protected_mode_turns_away()
    {
        Assert.Equal(Judgement.Passed("no address of the server leads to it; no password"), Exposed(RedisListening.Parse(Loopback, "7.2.4")));
        Assert.Contains("protected mode", Exposed(RedisListening.Parse("bind=*\nprotected-mode=yes\nport=6379", "7.2.4")) is { Outcome: CheckOutcome.Passed } passed ? passed.Found : "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bridge", CheckOutcome.Passed)]
    [InlineData("relay_default", CheckOutcome.Passed)]
    [InlineData("host", CheckOutcome.NotChecked)]
    [InlineData("container:4f", CheckOutcome.NotChecked)]
    public void Judge_does_not_pass_ports_of_a_service_with_the_network_of_another(string mode, CheckOutcome outcome)
    {
        var container = Inspect(mode);
        var facts = HealthyFacts.All with { Docker = HealthyFacts.All.Docker.Select(docker => docker with { Containers = [container] }) };

        var judgement = DoctorChecks.Judge(facts).Single(result => result.Check.Id == "deployment.ports").Judgement;

        Assert.Equal((mode, outcome), (container.NetworkMode, judgement.Outcome));
        Assert.Equal(outcome == CheckOutcome.NotChecked, judgement.Found.Contains($"app has network_mode {mode}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("relay_default", null)]
    [InlineData("container:4f", "its container has network_mode container:4f: that one's ports lead to it")]
    public async Task FindAsync_leaves_other_networks_to_docker(string mode, string? unknown)
    {
        var host = new AnsweringHost(_ => Loopback);

        var listening = await RedisListening.FindAsync(host, Redis(InContainer()), HealthyFacts.Container("redis") with { NetworkMode = mode }, CancellationToken.None);

        Assert.Equal(unknown, listening?.NotKnown);
        Assert.Empty(host.Commands);
    }

    [Fact]
    public async Task FindAsync_asks_a_redis_with_the_servers_network()
    {
        var host = new AnsweringHost(_ => "bind=*\nprotected-mode=no\nport=6379\n");

        var inside = await RedisListening.FindAsync(host, Redis(InContainer()), HealthyFacts.Container("redis") with { NetworkMode = "host" }, CancellationToken.None);
        var outside = await RedisListening.FindAsync(host, Redis(RedisEndpoint.OnServer("127.0.0.1", RedisSettings.Default, [""])), null, CancellationToken.None);

        Assert.Equal(["0.0.0.0:6379", "0.0.0.0:6379"], inside!.Exposed.Concat(outside!.Exposed).Select(port => port.ToString()));
        Assert.Equal(["docker", "sh"], host.Commands.Select(command => command.Program));
    }

    /// <summary>With a password, which no command line names.</summary>
    [Theory]
    [InlineData("CONFIG", true)]
    [InlineData("nobody-knows", false)]
    public async Task FindAsync_understands_a_real_redis(string config, bool answers)
    {
        await using var redis = await LiveRedis.StartAsync("--requirepass", "open sesame", "--bind", "127.0.0.1", "--rename-command", "CONFIG", config);
        await using var host = new AnsweringHost(_ => null);
        var endpoint = RedisEndpoint.OnServer("127.0.0.1", RedisSettings.Default, ["open sesame"]) with { CliArguments = ["-s", Path.Combine(redis.Directory, "s")] };

        await RedisListening.FindAsync(host, Redis(endpoint, "open sesame"), null, CancellationToken.None);
        var said = await RunAsync(host.Commands.Single(), "open sesame\n");

        Assert.Equal(answers ? "bind=127.0.0.1\nprotected-mode=yes\nport=0\ntls-port=0\n" : "", said);
    }

    private static async Task<string> RunAsync(HostCommand command, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said;
    }

    private static Judgement Exposed(RedisListening listening)
    {
        var facts = HealthyFacts.All with { Redis = HealthyFacts.All.Redis.Select(redis => redis with { Listening = listening, Exposed = [.. listening.Exposed] }) };
        return DoctorChecks.Judge(facts).Single(result => result.Check.Id == "redis.exposed").Judgement;
    }

    private static RedisServer Redis(RedisEndpoint endpoint, string password = "") => new(endpoint, password,
        ImmutableDictionary<string, string>.Empty.Add("redis_version", "7.2.4"), ImmutableDictionary<string, string>.Empty, freeBytes: 0, dumpOwner: null);

    private static RedisEndpoint InContainer() =>
        RedisEndpoint.Inside(new DockerCli(NeedsSudo: false), Container.ParseAll(Json("host")).Single(), RedisSettings.Default, [""]);

    private static ContainerState Inspect(string mode) => ContainerStates.Parse(Json(mode), Container.ParseAll(Json(mode)), new HashSet<string>()).Single();

    private static string Json(string mode) => $$"""
        [{"Id":"3f","Name":"/app","Path":"node","Args":[],"State":{"Running":true},"Image":"sha256:aa","Config":{"Image":"app","Env":[],"Labels":{} },
          "HostConfig":{"NetworkMode":"{{mode}}","PortBindings":{} },"Mounts":[]}]
        """;
}
