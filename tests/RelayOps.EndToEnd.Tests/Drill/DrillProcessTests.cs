using System.Security.Cryptography;
using System.Text.Json;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Drill;

/// <summary><c>Verify --level drill</c> as an operator types it, with the real docker: what it proves, writes, refuses and leaves behind.</summary>
[Collection(OneServer.Name)]
public sealed class DrillProcessTests(Server server)
{
    [Fact]
    public async Task Verify_drill_brings_the_service_up_from_a_backup_certifies_it_and_leaves_nothing()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        using var directory = TestDirectory.Create("relayops-drill-test-");
        var container = await scenario.Deployment.ContainerAsync("claude-relay", scenario.Patience);
        var before = await scenario.DigestAsync();
        await LeaveAbandonedAsync(scenario);

        var drilled = await DrillAsync(scenario, source.Name, directory);

        Assert.True(drilled.ExitCode == 0, drilled.ToString());
        var archive = Path.Combine(scenario.Store.Directory, $"claude-relay-backup-{source.Name}.tar.gz");
        using var certificate = JsonDocument.Parse(await File.ReadAllTextAsync(archive + ".drill.json"));
        RequireCertificate(certificate.RootElement, archive, scenario);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive + ".drill.json"));
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("report.json"))).RootElement;
        Assert.Equal(certificate.RootElement.GetProperty("rtoSeconds").GetDouble(), report.GetProperty("rtoSeconds").GetDouble());
        Assert.Equal(archive + ".drill.json", report.GetProperty("certificate").GetString());

        await RequireListAsync(scenario, source.Name);
        Assert.Empty(await ContainersAsync(scenario));
        Assert.Equal(container, await scenario.Deployment.ContainerAsync("claude-relay", scenario.Patience));
        Assert.Empty(Leftovers());
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Equal(before, await scenario.DigestAsync());
        Assert.DoesNotContain(scenario.Deployment.Secrets.EncryptionKey, drilled.ToString() + certificate.RootElement.GetRawText(), StringComparison.Ordinal);

        await RequireDamageFoundAsync(scenario, directory);
    }

    [Fact]
    public async Task Verify_drill_that_was_killed_leaves_what_the_next_one_removes()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        using var directory = TestDirectory.Create("relayops-drill-test-");
        await using (var killed = RelayOpsProcess.Start(Environment(), Arguments(scenario, source.Name, directory)))
        {
            // The service has no network of its own: it is in that of its Redis, which has none but a loopback.
            await WaitForContainersAsync("-app", scenario);
            // Held while it is looked at: on a busy machine it would have ended and removed them.
            killed.Signal("STOP");
            var redis = (await DockerDaemon.RunAsync(["ps", "-q", "--no-trunc", "--filter", "name=-redis", "--filter", "label=relayops.drill"], scenario.Patience)).Trim();
            Assert.Equal("none map[] no", await InspectAsync(redis, scenario));
            var app = (await DockerDaemon.RunAsync(["ps", "-aq", "--filter", "name=-app", "--filter", "label=relayops.drill"], scenario.Patience)).Trim();
            Assert.Equal($"container:{redis} map[] no", await InspectAsync(app, scenario));
            killed.Signal("KILL");
            await killed.WaitAsync();
        }

        Assert.NotEmpty(await ContainersAsync(scenario));

        var next = await DrillAsync(scenario, source.Name, directory);

        Assert.True(next.ExitCode == 0, next.ToString());
        Assert.Empty(Leftovers());
        Assert.Empty(await ContainersAsync(scenario));
    }

    [Fact]
    public async Task Verify_drill_without_the_images_says_what_was_not_proven()
    {
        await using var deployment = await NativeDeployment.StartAsync(new Testing.Redis.RedisServerOptions(), CancellationToken.None);
        var made = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here]);
        Assert.True(made.ExitCode == 0, made.ToString());
        using var directory = TestDirectory.Create("relayops-drill-test-");

        // No such daemon: docker is installed and not to be had.
        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["DOCKER_HOST"] = "unix:///nonexistent" },
            ["Verify", "--level", "drill", "--backup-directory", deployment.Store, "--report", directory.File("report.json")]);
        var drilled = await process.WaitAsync();

        Assert.True(drilled.ExitCode == 0, drilled.ToString());
        Assert.Contains("the drill did not start the service: docker is not to be had", drilled.ToString(), StringComparison.Ordinal);
        using var certificate = JsonDocument.Parse(await File.ReadAllTextAsync(deployment.Archives.Single(file => file.EndsWith(".gz", StringComparison.Ordinal)) + ".drill.json"));
        Assert.Equal(JsonValueKind.Null, certificate.RootElement.GetProperty("rtoSeconds").ValueKind);
        Assert.Contains("that the service starts", certificate.RootElement.GetProperty("notProven")[0].GetString(), StringComparison.Ordinal);
    }

    /// <summary>A backup of a damaged deployment is faithful, and brings no client back: only the drill can tell.</summary>
    private static async Task RequireDamageFoundAsync(Scenario scenario, TestDirectory directory)
    {
        var entries = (await scenario.RedisAsync("HGETALL", "apikey:hash_map")).Split('\n');
        await scenario.RedisAsync("HSET", "apikey:hash_map", entries[0], entries[3]);
        var source = await scenario.BackupAsync();

        var failed = await DrillAsync(scenario, source.Name, directory);

        Assert.True(failed.ExitCode == 4, failed.ToString());
        Assert.Contains("map in the dataset is damaged", failed.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(scenario.Store.Directory, $"claude-relay-backup-{source.Name}.tar.gz.drill.json")));
        Assert.Empty(Leftovers());

        await RequireWrongKeyFoundAsync(scenario, directory);
    }

    private static async Task RequireWrongKeyFoundAsync(Scenario scenario, TestDirectory directory)
    {
        var other = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var name = "claude-relay-20250805_142530";
        await Shell.RunAsRootAsync("sh", ["-c", $$"""
            set -e
            work=$(mktemp -d)
            mkdir "$work/$3"
            cd "$1"
            cp -rp redis_data logs data .env docker-compose.yml "$work/$3"
            sed -i "s/^ENCRYPTION_KEY=.*/ENCRYPTION_KEY={{other}}/" "$work/$3/.env"
            tar czf "$2/$3.tar.gz" -C "$work" "$3"
            rm -rf "$work"
            """, "sh", scenario.Path, scenario.Store.Directory, name], scenario.Patience);

        var failed = await DrillAsync(scenario, "20250805_142530", directory);

        Assert.True(failed.ExitCode == 4, failed.ToString());
        Assert.Contains("ENCRYPTION_KEY does not fit", failed.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(scenario.Store.Directory, name + ".tar.gz.drill.json")));
    }

    private static void RequireCertificate(JsonElement certificate, string archive, Scenario scenario)
    {
        Assert.Equal(1, certificate.GetProperty("format").GetInt32());
        Assert.Equal(Path.GetFileName(archive), certificate.GetProperty("archive").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(archive))), certificate.GetProperty("sha256").GetString());
        Assert.Equal(new FileInfo(archive).Length, certificate.GetProperty("sizeBytes").GetInt64());
        Assert.Equal("local", certificate.GetProperty("store").GetString());
        var by = certificate.GetProperty("by");
        Assert.StartsWith("RelayOps ", by.GetProperty("tool").GetString(), StringComparison.Ordinal);
        Assert.Equal(System.Environment.MachineName, by.GetProperty("host").GetString());
        Assert.Equal("4711", by.GetProperty("run").GetString());
        Assert.StartsWith("redis-server ", certificate.GetProperty("redis").GetString(), StringComparison.Ordinal);
        Assert.All(certificate.GetProperty("images").EnumerateArray(), image => Assert.True(image.GetProperty("isTheBackups").GetBoolean()));
        Assert.Equal(2, certificate.GetProperty("images").GetArrayLength());
        var keys = scenario.Deployment.LoadedKeys;
        Assert.Equal(keys.Keys.Select(key => $"{key}"), certificate.GetProperty("counts").GetProperty("databases").EnumerateObject().Select(database => database.Name));
        Assert.Equal(keys.Values.Sum() + Deployment.KeysOfTheService.Length, certificate.GetProperty("counts").GetProperty("keys").GetInt64());
        var apiKeys = certificate.GetProperty("apiKeys");
        Assert.Equal(scenario.Deployment.ApiKeys.Length, apiKeys.GetProperty("entries").GetInt64());
        Assert.Equal(scenario.Deployment.ApiKeys.Length, apiKeys.GetProperty("sound").GetInt64());
        Assert.Equal("healthy", certificate.GetProperty("service").GetProperty("redisStatus").GetString());
        Assert.Equal(401, certificate.GetProperty("service").GetProperty("madeUpKey").GetInt32());
        Assert.Equal(200, certificate.GetProperty("service").GetProperty("plantedKey").GetInt32());
        Assert.NotEmpty(certificate.GetProperty("decryptedSecrets").EnumerateObject());
        var phases = certificate.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("seconds").GetDouble()).ToList();
        Assert.Equal(5, phases.Count);
        Assert.All(phases, seconds => Assert.True(seconds > 0));
        Assert.InRange(certificate.GetProperty("rtoSeconds").GetDouble(), phases.Take(3).Sum() - 0.01, phases.Sum());
        Assert.Contains("the drill looked for no client's key in clear", Assert.Single(certificate.GetProperty("notProven").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    private static async Task RequireListAsync(Scenario scenario, string id)
    {
        var table = await RelayOpsProcess.RunAsync(["List", "--backup-directory", scenario.Store.Directory]);
        Assert.Contains($"{DateTime.UtcNow:yyyy}", table.Output.Split('\n').Single(line => line.Contains(", RTO ", StringComparison.Ordinal)), StringComparison.Ordinal);
        var list = await RelayOpsProcess.RunAsync(["List", "--json", "--backup-directory", scenario.Store.Directory]);
        using var listed = JsonDocument.Parse(list.Output);
        var first = listed.RootElement[0];
        Assert.Equal((id, "drill"), (first.GetProperty("id").GetString(), first.GetProperty("verified").GetString()));
        Assert.True(first.GetProperty("rtoSeconds").GetDouble() > 0);
        Assert.True(first.GetProperty("drilledAt").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(-10));
    }

    /// <summary>As a drill that was killed leaves it: its process has gone.</summary>
    private static async Task LeaveAbandonedAsync(Scenario scenario)
    {
        Directory.CreateDirectory("/dev/shm/relayops-drill-4194305-abc");
        await DockerDaemon.RunAsync(["create", "--label", "relayops.drill=relayops-drill-4194305-abc", "redis:7-alpine"], scenario.Patience);
    }

    private static async Task<string> ContainersAsync(Scenario scenario) =>
        (await DockerDaemon.RunAsync(["ps", "-aq", "--filter", "label=relayops.drill"], scenario.Patience)).Trim();

    private static async Task WaitForContainersAsync(string name, Scenario scenario)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await DockerDaemon.RunAsync(["ps", "-aq", "--filter", $"name={name}", "--filter", "label=relayops.drill"], scenario.Patience)).Trim().Length == 0)
            await tick.WaitForNextTickAsync(scenario.Patience);
    }

    private static async Task<string> InspectAsync(string container, Scenario scenario) => (await DockerDaemon.RunAsync(
        ["inspect", "-f", "{{.HostConfig.NetworkMode}} {{.HostConfig.PortBindings}} {{.HostConfig.RestartPolicy.Name}}", container], scenario.Patience)).Trim();

    /// <summary>Of processes that have ended: others may be drilling on this machine.</summary>
    private static IEnumerable<string> Leftovers() => new[] { "/dev/shm", Path.GetTempPath() }
        .SelectMany(parent => Directory.EnumerateDirectories(parent, "relayops-drill-*"))
        .Where(path => Path.GetFileName(path).Split('-')[2] is var pid && pid != "test" && !Directory.Exists($"/proc/{pid}"));

    private static async Task<RelayOpsResult> DrillAsync(Scenario scenario, string id, TestDirectory directory)
    {
        await using var process = RelayOpsProcess.Start(Environment(), Arguments(scenario, id, directory));
        return await process.WaitAsync();
    }

    private static Dictionary<string, string> Environment() => new()
    {
        ["DOCKER_HOST"] = DockerDaemon.Host,
        ["GITHUB_RUN_ID"] = "4711",
    };

    private static string[] Arguments(Scenario scenario, string id, TestDirectory directory) =>
        ["Verify", "--level", "drill", "--backup-id", id, "--backup-directory", scenario.Store.Directory, "--report", directory.File("report.json")];
}
