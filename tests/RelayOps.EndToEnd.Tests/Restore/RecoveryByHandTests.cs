using System.Text.RegularExpressions;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Deployments;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Restore;

/// <summary>A lost deployment comes back by RECOVERY.md alone: every command of it, word for word, in one shell.</summary>
[Collection(OneServer.Name)]
public sealed partial class RecoveryByHandTests(Server server) : IDisposable
{
    private const string Passphrase = "canary of the guide 5d20";

    private readonly TestDirectory _keys = TestDirectory.Create("relayops-recovery-");

    public void Dispose() => _keys.Dispose();

    /// <summary>The guide is written once, when the backup is made; what it lies in may be encrypted later, and with another tool yet.</summary>
    [Fact]
    public async Task Guide_brings_a_deployment_back_whatever_its_archive_is_encrypted_with_by_now()
    {
        await using var scenario = await Scenario.BeginAsync(
            server, ServerUsers.Docker, new DeploymentOptions { RedisPassword = "s3cret-of-the-guide", RedisTls = true }, TimeSpan.FromMinutes(20));
        var before = await StateAsync(scenario);
        await SucceedAsync("", ["Backup", .. server.Reaching(ServerUsers.Docker, scenario.Path), "--backup-directory", scenario.Store.Directory]);
        string[] reencrypt = ["Reencrypt", "--backup-directory", scenario.Store.Directory, "--backup-id", "latest"];

        await AssertRecoversAsync(scenario, before, "plain", "cat", "*.sha256");

        await Shell.RunAsync("age-keygen", ["-o", _keys.File("KEYFILE")], scenario.Patience);
        var recipient = (await Shell.RunAsync("age-keygen", ["-y", _keys.File("KEYFILE")], scenario.Patience)).Trim();
        await SucceedAsync("", [.. reencrypt, "--encrypt-to", recipient]);
        // As a workflow's artifact has it: a record, and no checksum beside.
        await AssertRecoversAsync(scenario, before, "age", $"age -d -i '{_keys.File("KEYFILE")}'", "*.json");

        await SucceedAsync(Passphrase, [.. reencrypt, "--encrypt-to", "passphrase", "--identity", _keys.File("KEYFILE")]);
        await AssertRecoversAsync(scenario, before, "gpg", $"gpg --batch --quiet --pinentry-mode loopback --passphrase '{Passphrase}' -d", "*.sha256");
    }

    /// <param name="open">Reads the guide in the archive, which is all that an operator has.</param>
    /// <param name="beside">What lies beside the archive.</param>
    private async Task AssertRecoversAsync(Scenario scenario, string before, string kind, string open, string beside)
    {
        var archive = Directory.GetFiles(scenario.Store.Directory, "*.tar.*").Single();
        var home = Directory.CreateDirectory(_keys.File(kind)).FullName;
        var recovery = Directory.CreateDirectory(Path.Combine(home, "recovery")).FullName;
        foreach (var file in new[] { archive, Directory.GetFiles(scenario.Store.Directory, beside).Single() })
            File.Copy(file, Path.Combine(recovery, Path.GetFileName(file)));
        PutKey(kind, home);
        var guide = await Shell.RunAsync("sh", ["-c", $"{open} '{archive}' | tar xzO --wildcards '*/RECOVERY.md'"], scenario.Patience);
        var blocks = Blocks().Matches(guide).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(7, blocks.Count);
        await scenario.LoseDataAsync();
        Assert.NotEqual(before, await StateAsync(scenario));

        var said = await Shell.RunAsRootAsync("env", [$"HOME={home}", $"DOCKER_HOST={DockerDaemon.Host}", $"DOCKER_CONFIG={ServerUsers.Docker.Home}/.docker",
            "sh", "-ec", string.Concat(blocks)], scenario.Patience);

        Assert.Equal(before, await StateAsync(scenario));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Equal(System.Net.HttpStatusCode.OK, await scenario.Deployment.AskAsync(scenario.Deployment.ApiKeys[0], scenario.Patience));
        Assert.Contains($"{Keys().Match(guide).Groups[1].Value} keys\n", said, StringComparison.Ordinal);
        Assert.Contains("\"redis\"", said, StringComparison.Ordinal);
        // What was lost was put aside, all of it, and goes now.
        Assert.Equal("broken\n.env docker-compose.yml data logs redis_data \n", await scenario.AsRootAsync("""
            cd "$1" && cat data.bak.*/init.json && for n in .env docker-compose.yml data logs redis_data; do set -- "$n".bak.*; [ $# = 1 ] && [ -e "$1" ] && printf '%s ' "$n"; done; echo
            rm -r *.bak.* .env.bak.*
            """));
    }

    /// <summary>Every value of every database, and the files with their owners, Redis' own among them. The configuration becomes whose shell it is.</summary>
    private static async Task<string> StateAsync(Scenario scenario) => await scenario.DigestAsync() + await scenario.FilesAsync("data") + await scenario.AsRootAsync("""
        cd "$1" && stat -c '%n %a' .env docker-compose.yml && sha256sum .env docker-compose.yml && stat -c '%n %u %g' redis_data/appendonlydir redis_data/appendonlydir/*.manifest
        """);

    private static async Task SucceedAsync(string passphrase, string[] arguments)
    {
        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["PASSPHRASE"] = passphrase }, arguments);
        var result = await process.WaitAsync(TimeSpan.FromMinutes(5));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>What the owner of the key has; for gpg, in the place of a terminal.</summary>
    private void PutKey(string kind, string home)
    {
        if (kind == "age")
            File.Copy(_keys.File("KEYFILE"), Path.Combine(home, "recovery", "KEYFILE"));
        if (kind != "gpg")
            return;
        var settings = Directory.CreateDirectory(Path.Combine(home, ".gnupg"), (UnixFileMode)0b111_000_000).FullName;
        File.WriteAllText(Path.Combine(settings, "passphrase"), Passphrase + "\n");
        File.WriteAllText(Path.Combine(settings, "gpg.conf"), $"batch\npinentry-mode loopback\npassphrase-file {settings}/passphrase\n");
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("about ([0-9]+) keys")]
    private static partial Regex Keys();
}
