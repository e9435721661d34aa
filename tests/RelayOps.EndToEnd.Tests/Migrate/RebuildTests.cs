using System.Net;
using RelayOps.Adapters.Deployments;
using RelayOps.Adapters.Hosts;
using RelayOps.Core;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Migrate;
using RelayOps.Core.Operations.Restore;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A server is lost; a backup of it and an empty machine are left.</summary>
[Collection(Beside.Name)]
public sealed class RebuildTests(Server server) : IDisposable
{
    private static readonly CutOver PlacingConfiguration = new("placing the configuration", true, "mv \"$from/$name\" \"$name\"");
    private static readonly CutOver MakingContainers = new("making the containers", true, "up --no-start");
    private static readonly CutOver StartingRedis = new("starting redis alone", true, "docker start");
    private static readonly CutOver StartingService = new("starting the service", true, "docker start", 3);

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(30));

    private CancellationToken Patience => _patience.Token;

    [Fact]
    public async Task Migrate_rebuilds_a_lost_server_with_images_from_this_machine_and_never_over_a_deployment()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker, new DeploymentOptions { DirectoryName = Beside.Directory, BindHost = "0.0.0.0" });
        await scenario.BackupAsync();
        var (digest, files) = (await scenario.DigestAsync(), await FilesAsync(scenario.Path));
        await scenario.Deployment.DownAsync(Patience);
        var user = Bed.Second.User("relay-sudo");
        await using var rebuilt = scenario.Deployment.MovedTo(Bed.Second, $"{user.Home}/rebuilt/relay", scenario.Deployment.Port + 1);
        using var report = TestDirectory.Create("relayops-report-");
        string[] arguments = [.. await MigrateAsync(scenario, user, "~/rebuilt/relay"), "--report", report.File("report.json"),
            "--new-port", $"{rebuilt.Port}", "--new-project-name", "rebuilt-elsewhere", "--health-url", "http://127.0.0.1:1/health"];
        await ForgetImagesAsync();

        var explained = await RunAsync(Bed.First.Host, [.. arguments, "--dry-run"]);
        var without = await RunAsync("unix:///nowhere", arguments);
        var left = Directory.Exists($"{user.Home}/rebuilt");
        var done = await RunAsync(Bed.First.Host, arguments);
        Console.WriteLine($"{explained}\n{without}\n{done}");

        Assert.True(explained.ExitCode == 0, explained.ToString());
        Assert.Contains("up --no-start", explained.Output);
        Assert.Contains($"{rebuilt.Path}/.env", explained.Output);
        Assert.True(without.ExitCode == 1 && !left, without.ToString());
        Assert.Contains("cannot be had", without.ToString());
        Assert.True(done.ExitCode == 0, done.ToString());
        Assert.Contains("was copied from", done.Output);
        Assert.Contains("http://127.0.0.1:1/health does not answer yet", done.ToString());
        Assert.Contains("what is left for a person to do", done.Output);
        Assert.DoesNotContain(scenario.Deployment.Secrets.EncryptionKey, done.ToString());
        foreach (var key in rebuilt.ApiKeys.Take(3))
            Assert.Equal(HttpStatusCode.OK, await rebuilt.AskAsync(key, Patience));
        Assert.Equal("healthy", await rebuilt.FindHealthAsync(Patience));
        Assert.Contains("rebuilt-elsewhere", await Bed.Second.RunAsync(["ps", "--format", "{{.Names}}"], Patience));
        var redis = await rebuilt.RedisAsync(Patience);
        await redis.RunAsync(["DEL", .. Deployment.KeysOfTheService], Patience);
        Assert.Equal(digest, await redis.RunAsync(["DEBUG", "DIGEST"], Patience));
        Assert.Equal(files.Replace(ServerUsers.Docker.Name, user.Name, StringComparison.Ordinal), await FilesAsync(rebuilt.Path));
        Assert.Equal("", await OutputAsync($"cd {rebuilt.Path} && ls -d .relayops .relayops/* *.bak.* 2>/dev/null; true"));

        var again = await RunAsync(Bed.First.Host, arguments);
        Assert.True(again.ExitCode == 2, again.ToString());
        Assert.Contains("is not empty", again.ToString());
        Assert.Equal(HttpStatusCode.OK, await rebuilt.AskAsync(rebuilt.ApiKeys[0], Patience));
    }

    [Fact]
    public async Task RunAsync_leaves_nothing_behind_wherever_it_fails_and_goes_on_after_it_was_killed()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo, new DeploymentOptions { DirectoryName = Beside.Directory, BindHost = "0.0.0.0" });
        var source = await scenario.BackupAsync();
        await scenario.Deployment.DownAsync(Patience);
        var user = Bed.Second.User("relay-docker");
        await using var host = await OpenSshHost.OpenAsync((await server.GetSecondAsync(Patience)).Sshd.Connection(user.Name), TimeProvider.System, Patience);
        await Images.ImportAllAsync(Bed.Second, Patience);
        await using var rebuilt = scenario.Deployment.MovedTo(Bed.Second, $"{user.Home}/faulty");
        foreach (var step in new[] { PlacingConfiguration, StartingRedis, StartingService })
        {
            var fault = new SharedFault(step, Fault.Error) { Begins = null };
            var failure = await Record.ExceptionAsync(() => RebuildAsync(fault.OnNew(host), source));
            Assert.True(fault.HasStruck && failure is RelayOpsException { Status: ExitStatus.Failed or ExitStatus.WrongUse }, $"{step}: {failure}");
            Assert.Contains("is removed again", failure.Message);
            Assert.Equal("", await OutputAsync($"DOCKER_HOST={Bed.Second.Host} docker ps -a --format '{{{{.Names}}}} {{{{.Labels}}}}' | grep -v {ThrowawayContainer.Label}; ls -A {rebuilt.Path} 2>/dev/null; true"));
        }

        foreach (var step in new[] { MakingContainers, StartingService })
        {
            var fault = new SharedFault(step, Fault.VanishAfter) { Begins = null };
            await Record.ExceptionAsync(() => RebuildAsync(fault.OnNew(host), source));
            Assert.True(fault.HasStruck, $"{step}");
            if (step == StartingService)
                await (await rebuilt.RedisAsync(Patience)).RunAsync(["SET", "written", "meanwhile"], Patience);
            await OutputAsync($"touch -d '1 hour ago' {rebuilt.Path}/.relayops/lock/token {rebuilt.Path}/.relayops/arriving/.relayops/lock/token 2>/dev/null; true");
            await RebuildAsync(host, source);
            Assert.Equal(HttpStatusCode.OK, await rebuilt.AskAsync(rebuilt.ApiKeys[0], Patience));
            Assert.Equal(step == StartingService ? "meanwhile" : "", await (await rebuilt.RedisAsync(Patience)).RunAsync(["GET", "written"], Patience));
            await rebuilt.DisposeAsync();
        }
    }

    public void Dispose() => _patience.Dispose();

    private static async Task<RelayOpsResult> RunAsync(string dockerHost, string[] arguments)
    {
        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["DOCKER_HOST"] = dockerHost }, arguments);
        return await process.WaitAsync(TimeSpan.FromMinutes(10));
    }

    private async Task<string[]> MigrateAsync(Scenario scenario, ServerUser user, string path)
    {
        var sshd = (await server.GetSecondAsync(Patience)).Sshd;
        return ["Migrate", "--backup-id", "latest", "--backup-directory", scenario.Store.Directory, "--new-server", sshd.Target(user.Name).ToString(),
            "--new-deployment-path", path, "--ssh-key", sshd.KeyFile, "--known-hosts", sshd.KnownHosts, "--confirm", "yes"];
    }

    private Task<RestoreOutcome> RebuildAsync(IHost host, RestoreSource source) =>
        new RebuildOperation(host, [], new YamlComposeParser(), new Sayings(), TimeProvider.System).RunAsync(new RebuildRequest
        {
            DeploymentPath = "~/faulty",
            HealthTimeout = TimeSpan.FromSeconds(90),
            Owner = new LockOwner("Migrate", "tester", "here", null, DateTimeOffset.UtcNow),
            LockWait = TimeSpan.Zero,
            ConfirmAsync = (_, _) => Task.FromResult(true),
        }, source, Patience);

    /// <summary>Without what the service itself goes on writing.</summary>
    private Task<string> FilesAsync(string path) => OutputAsync($$"""
        cd {{path}} && stat -c '%n %F %a %U %G' .env docker-compose.yml logs data && stat -c '%n %F %a %u' redis_data redis_data/dump.rdb && find data -exec stat -c '%n %F %a %U %G' {} + | sort && sha256sum docker-compose.yml data/* logs/*.gz && grep -v -e "^PORT=" -e "^COMPOSE_PROJECT_NAME=" .env | sha256sum
        """);

    private Task<string> ForgetImagesAsync() => OutputAsync($"DOCKER_HOST={Bed.Second.Host} docker image prune -af");

    private Task<string> OutputAsync(string script) => Shell.RunAsRootAsync("sh", ["-c", script], Patience);
}
