using System.Text.RegularExpressions;
using RelayOps.Core.Hosts;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>A passphrase for age, which reads one from a terminal alone: RelayOps types it, and by hand the operator does.</summary>
public sealed partial class AgePassphraseTests : IDisposable
{
    private const string Passphrase = "canary \"päss\" $phrase 4be7";

    private static readonly Dictionary<string, string> Secret = new() { ["PASSPHRASE"] = Passphrase };

    private readonly TestDirectory _home = TestDirectory.Create("relayops-recovery-");

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Backup_never_shows_it_and_is_verified_restored_and_opened_as_its_guide_says()
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["enable-debug-command local"] }, Patience);
        await deployment.FillAsync(2000, 1000, Patience);
        var digest = await deployment.Redis.Cli.RunAsync(["DEBUG", "DIGEST"], Patience);
        await using var process = RelayOpsProcess.Start(Secret, ["Backup", .. deployment.Here, "--encrypt-to", "age-passphrase"]);
        var watched = ProcessWatch.UntilEndAsync(process.Id, new WatchedSecret(Passphrase, "age", "--passphrase"), Patience);
        var backup = await process.WaitAsync();

        Assert.True(backup.ExitCode == 0, backup.ToString());
        Assert.Contains("deep", backup.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", backup.ToString() + await File.ReadAllTextAsync(deployment.Here[^1]), StringComparison.Ordinal);
        var watch = await watched;
        Assert.True(watch.SawTool);
        Assert.Empty(watch.Leaks);
        Assert.Empty(ProcessWatch.DirectoriesOf(process.Id));

        string[] verify = ["Verify", "--backup-directory", deployment.Store];
        var unread = await RelayOpsProcess.RunAsync(verify);
        Assert.True(unread.ExitCode == 0, unread.ToString());
        Assert.Contains("Not proven: that it can be decrypted", unread.ToString(), StringComparison.Ordinal);
        var wrong = await RunAsync("canary of another", verify);
        Assert.True(wrong.ExitCode == 4, wrong.ToString());
        Assert.Contains("incorrect passphrase", wrong.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", wrong.ToString(), StringComparison.Ordinal);

        await deployment.Redis.Cli.RunAsync(["FLUSHALL"], Patience);
        var restored = await RunAsync(Passphrase, ["Restore", .. deployment.Here, "--backup-id", "latest", "--confirm", "yes"]);
        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Equal(digest, await deployment.Redis.Cli.RunAsync(["DEBUG", "DIGEST"], Patience));

        await AssertGuideOpensAsync(deployment);
    }

    /// <summary>age is in a session of its own there, where the signal of a terminal does not reach it.</summary>
    [Fact]
    public async Task Backup_that_is_interrupted_leaves_no_age_behind()
    {
        var mark = $"relayops-{Guid.NewGuid():N}";
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["rdbcompression no"] }, Patience);
        await deployment.FillAsync(20_000, 1000, Patience);
        await using var sshd = await ThrowawaySshd.StartAsync(Patience);
        await using var relay = CountingRelay.Start(sshd.Port);
        relay.BytesPerSecond = 1_000_000;
        await using var backup = RelayOpsProcess.Start(new Dictionary<string, string>(Secret) { ["RELAYOPS_TEST_MARK"] = mark },
            ["Backup", .. deployment.Over(sshd, relay), "--encrypt-to", "age-passphrase"]);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (relay.BytesDown < 1_500_000)
            await tick.WaitForNextTickAsync(Patience);
        Assert.NotEmpty(Tools(mark));

        backup.Signal("INT");
        var result = await backup.WaitAsync();

        Assert.True(result.ExitCode == 130, result.ToString());
        Assert.Empty(Tools(mark));
        Assert.Empty(deployment.Archives);
    }

    private static async Task<RelayOpsResult> RunAsync(string passphrase, params string[] arguments)
    {
        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["PASSPHRASE"] = passphrase }, arguments);
        return await process.WaitAsync();
    }

    private static IEnumerable<string> Tools(string mark) => Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)
        && ProcessWatch.Read(path + "/cmdline").StartsWith("age\0", StringComparison.Ordinal) && ProcessWatch.Read(path + "/environ").Contains(mark, StringComparison.Ordinal));

    /// <summary>Executes the guide's first block word for word, on a terminal, where somebody types the passphrase when it is asked for.</summary>
    private async Task AssertGuideOpensAsync(NativeDeployment deployment)
    {
        var archive = deployment.Archives.Single();
        var recovery = Directory.CreateDirectory(_home.File("recovery")).FullName;
        foreach (var file in new[] { archive, Directory.GetFiles(deployment.Store, "*.sha256").Single() })
            File.Copy(file, Path.Combine(recovery, Path.GetFileName(file)));
        var block = FirstBlock().Match(await GuideAsync(archive)).Groups[1].Value;
        Assert.Contains($"age -d -o {Path.GetFileNameWithoutExtension(archive)} {Path.GetFileName(archive)}", block, StringComparison.Ordinal);

        await using var terminal = Terminal.On(HostCommand.Changing("env", [$"HOME={_home.Path}", "sh", "-ec", block]));
        await terminal.AnswerUnseenAsync("Enter passphrase:", Passphrase);
        var opened = await terminal.WaitAsync();

        Assert.True(opened.ExitCode == 0, opened.ToString());
        Assert.DoesNotContain("canary", opened.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(recovery, "dump.rdb", SearchOption.AllDirectories));
    }

    /// <summary>As an operator who has nothing else reads it.</summary>
    private async Task<string> GuideAsync(string archive)
    {
        var plain = _home.File("plain.tar.gz");
        await using var terminal = Terminal.On(HostCommand.Changing("age", ["-d", "-o", plain, archive]));
        await terminal.AnswerAsync("Enter passphrase:", Passphrase);
        var opened = await terminal.WaitAsync();
        Assert.True(opened.ExitCode == 0, opened.ToString());
        return await Shell.RunAsync("tar", ["xzOf", plain, "--wildcards", "*/RECOVERY.md"], Patience);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstBlock();
}
