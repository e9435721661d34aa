using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>Whatever ends an encrypted backup early: no tool goes on running, and no private directory stays.</summary>
[Collection(OneServer.Name)]
public sealed class EncryptedInterruptionTests(Server server)
{
    private static readonly Dictionary<string, string> Secret = new() { ["PASSPHRASE"] = "canary passphrase 51c0" };

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    /// <summary>SYS ends a process with a core file, and the runtime leaves it alone.</summary>
    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    [InlineData("SYS", 159)]
    public async Task Backup_leaves_no_tool_and_no_secret_behind(string signal, int status)
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["rdbcompression no"] }, Patience);
        await deployment.FillAsync(20_000, 1000, Patience);
        await using var relay = CountingRelay.Start(server.Sshd.Port);
        relay.BytesPerSecond = 1_000_000;
        await using var backup = RelayOpsProcess.Start(Secret, ["Backup", .. deployment.Over(server.Sshd, relay), "--encrypt-to", "passphrase"]);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (relay.BytesDown < 1_500_000)
            await tick.WaitForNextTickAsync(Patience);
        Assert.NotEmpty(Tools(backup.Id));
        Assert.Equal("0 0", LimitOfCoreFiles(backup.Id));

        backup.Signal(signal);
        var result = await backup.WaitAsync();

        Assert.True(result.ExitCode == status, result.ToString());
        while (Tools(backup.Id).Count > 0)
            await tick.WaitForNextTickAsync(Patience);
        Assert.Empty(deployment.Archives);
        Assert.Empty(Directory.GetFiles(RelayOpsProcess.Root, "core*"));
        await AssertNoDirectoryAsync(backup.Id, deployment);
    }

    /// <summary>Soft and hard. Started with none: a core file of a run that holds a secret is one that lies about.</summary>
    private static string LimitOfCoreFiles(int run) =>
        string.Join(' ', File.ReadLines($"/proc/{run}/limits").Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..6]);

    /// <summary>What a killed run left, the next one that encrypts anything removes.</summary>
    private static async Task AssertNoDirectoryAsync(int run, NativeDeployment deployment)
    {
        if (ProcessWatch.DirectoriesOf(run).Any())
        {
            await using var next = RelayOpsProcess.Start(Secret, ["Backup", .. deployment.Here, "--encrypt-to", "passphrase", "--dry-run"]);
            await next.WaitAsync();
        }

        Assert.Empty(ProcessWatch.DirectoriesOf(run));
    }

    /// <summary>The encryption tools that work in a private directory of the run.</summary>
    private static List<string> Tools(int run) =>
        [.. Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Select(path => ProcessWatch.Read(path + "/cmdline"))
            .Where(line => line.StartsWith("gpg", StringComparison.Ordinal) && line.Contains($"-{run}-", StringComparison.Ordinal))];
}
