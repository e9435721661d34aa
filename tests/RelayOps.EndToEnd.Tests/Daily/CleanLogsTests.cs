using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Daily;

/// <summary>Old logs of every kind and name go, with whatever rights the user has; nothing else does.</summary>
[Collection(OneServer.Name)]
public sealed class CleanLogsTests(Server server)
{
    /// <summary>What the guide's clean-up misses is among them: <c>.log.gz</c>.</summary>
    private const string Prepare = """
        cd "$1/logs"
        rm -f claude-relay-* .claude-relay-audit.json
        mkdir -p deep ../outside
        for f in old.log old.log.gz old.log.1 old.log.2.gz .0a-audit.json .0a-audit.log.json -dash.log 'two  blanks.log' '$(touch x).log' "quote'\".log" deep/old.log ../outside/old.log ../data/old.log open.log keep.txt keep.json young.log; do
          echo content > "$f"
        done
        echo content > "$(printf 'line\nend.log')"
        echo content > "$(printf 'latin\351.log')"
        ln -s ../outside linked
        ln -s ../outside/old.log link.log
        chown 999:999 old.log deep deep/old.log
        chmod 700 deep
        find . ../outside ../data/old.log -type f ! -name young.log -exec touch -d '40 days ago' {} +
        touch -h -d '40 days ago' link.log linked
        """;

    [Theory, InlineData("relay-docker"), InlineData("relay-sudo"), InlineData("relay-busybox")]
    public async Task Case19_CleanLogs_removes_old_logs_whoever_owns_them_and_leaves_the_rest(string user)
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Get(user));
        await scenario.AsRootAsync(Prepare);
        var before = await NamesAsync(scenario);
        await using var open = new FileStream(Path.Combine(scenario.Path, "logs", "open.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

        var planned = await RunAsync(scenario, "--dry-run");
        Assert.Equal(before, await NamesAsync(scenario));
        var cleaned = await RunAsync(scenario);
        var again = await RunAsync(scenario);

        Assert.Contains("would remove deep/old.log", planned.Output, StringComparison.Ordinal);
        Assert.Contains("would free", planned.Output, StringComparison.Ordinal);
        Assert.Contains("removed old.log.2.gz (4.10 kB)", cleaned.Output, StringComparison.Ordinal);
        Assert.Contains("keep open.log: a process has it open", cleaned.Output, StringComparison.Ordinal);
        Assert.Contains("freed 53.2 kB of 13 logs", cleaned.Output, StringComparison.Ordinal);
        Assert.Contains("freed 0 B of 0 logs", again.Output, StringComparison.Ordinal);
        Assert.Equal(
            [".", "../data/old.log", "../outside/old.log", "./deep", "./keep.json", "./keep.txt", "./link.log", "./linked", "./open.log", "./young.log"],
            await NamesAsync(scenario));
        Assert.Empty(await scenario.LeftoversAsync());
    }

    /// <summary>The service writes its own log of today meanwhile, which is none of the test's.</summary>
    private static async Task<string[]> NamesAsync(Scenario scenario) =>
        [.. (await scenario.AsRootAsync("cd \"$1/logs\" && find . ../outside/old.log ../data/old.log -name 'claude-relay*' -prune -o -print"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private async Task<RelayOpsResult> RunAsync(Scenario scenario, params string[] arguments)
    {
        using var directory = TestDirectory.Create("relayops-report-");
        var result = await RelayOpsProcess.RunAsync(
            ["CleanLogs", .. server.Reaching(scenario.Deployment.Options.Owner!, scenario.Path), "--report", directory.File("report.json"), .. arguments]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }
}
