using RelayOps.Adapters.Tests.Encryption;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Encryption;

/// <summary>gpg leaves private keys to an agent, which is no child of a run and would go on for good once the run is gone.</summary>
public sealed class PgpInterruptionTests(CipherKeys keys) : IClassFixture<CipherKeys>
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("KILL", 137)]
    public async Task Verify_leaves_no_tool_no_agent_and_no_home_behind(string signal, int status)
    {
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), Patience);
        await deployment.FillAsync(5_000, 2000, Patience);
        Assert.Equal(0, (await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--encrypt-to", keys.EncryptTo("pgp path")])).ExitCode);
        var before = await RecordAsync(deployment);
        string[] verify = ["Verify", "--backup-directory", deployment.Store];
        var identity = new Dictionary<string, string> { ["IDENTITY"] = keys.Text("plain.key") };
        await using var process = RelayOpsProcess.Start(identity, verify);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var (gpg, agent) = ("", "");
        while ((gpg.Length == 0 || agent.Length == 0) && await tick.WaitForNextTickAsync(Patience))
        {
            gpg = Find(process.Id, "gpg\0", "--decrypt");
            agent = Find(process.Id, "gpg-agent\0", "");
            // It goes no further from here on, however fast the machine is.
            if (gpg.Length > 0)
                await Shell.RunAsync("kill", ["-STOP", gpg], Patience);
        }

        process.Signal(signal);
        var result = await process.WaitAsync();

        Assert.True(result.ExitCode == status, result.ToString());
        if (signal == "KILL")
        {
            // Its own child is stopped, as no gpg is that somebody's Verify was killed around.
            await Shell.RunAsync("kill", ["-KILL", gpg], Patience);
            await using var next = RelayOpsProcess.Start(identity, verify);
            Assert.Equal(0, (await next.WaitAsync()).ExitCode);
        }
        else
            Assert.Equal(before, await RecordAsync(deployment));

        Assert.Empty(ProcessWatch.DirectoriesOf(process.Id));
        while (Find(process.Id, "gpg", "").Length > 0)
            await tick.WaitForNextTickAsync(Patience);
        Assert.Empty(ProcessWatch.DirectoriesOf(process.Id));
    }

    private static Task<string> RecordAsync(NativeDeployment deployment) => File.ReadAllTextAsync(Directory.GetFiles(deployment.Store, "*.json").Single());

    /// <returns>The id of a tool that works in a private directory of the run; empty where there is none.</returns>
    private static string Find(int run, string tool, string option) => Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _))
        .Where(path => ProcessWatch.Read(path + "/cmdline") is var line && line.StartsWith(tool, StringComparison.Ordinal)
            && line.Contains($"-{run}-", StringComparison.Ordinal) && line.Contains(option, StringComparison.Ordinal))
        .Select(path => Path.GetFileName(path)).FirstOrDefault("");
}
