using System.Text.Json;
using RelayOps.Core;
using RelayOps.Core.Operations.Migrate;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Docker;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Migrate;

/// <summary>A migration whose data go from server to server, and what becomes of it where they cannot.</summary>
[Collection(Beside.Name)]
public sealed class DirectMoveTests(Server server)
{
    private const long Large = 16 << 20;

    /// <summary>$1 the deployment, $2 where it goes to. Nothing compresses it.</summary>
    private const string GrowScript = """head -c 16777216 /dev/urandom > "$1/data/large" && chown "$(stat -c %u:%g "$1")" "$1/data/large" && chmod 640 "$1/data/large" """;

    private const string KeysScript = "ls -d /dev/shm/relayops-direct-* \"$1\"/.relayops/relayops-direct-* 2>/dev/null || :";

    [Fact]
    public async Task Migrate_sends_straight_what_is_large_and_leaves_no_key_behind_even_of_one_that_was_killed()
    {
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Docker, "relay-sudo");
        using var directory = TestDirectory.Create("relayops-direct-");
        var user = Bed.Second.User("relay-sudo");
        await scenario.AsRootAsync(GrowScript);
        await ForgetImagesAsync(scenario);
        await AdmitSomebodyAsync(user, scenario);
        string[] line = [.. await scenario.LineAsync(server, directory), "--direct"];

        var explained = await RelayOpsProcess.RunAsync([.. line, "--dry-run"]);
        Assert.True(explained.ExitCode == 0, explained.ToString());
        Assert.Contains("HostKeyAlias=relayops-new-server", explained.ToString());
        Assert.Equal("", await scenario.AsRootAsync(KeysScript));

        await using (var killed = RelayOpsProcess.Start(new Dictionary<string, string>(), [.. line, "--confirm", "yes"]))
        {
            await Shell.RunAsRootAsync("sh", ["-c", "until grep -q relayops-direct \"$1/.ssh/authorized_keys\"; do sleep 0.02; done", "sh", user.Home], scenario.Patience);
            killed.Signal("KILL");
            await killed.WaitAsync();
        }

        Assert.NotEqual("", await scenario.AsRootAsync(KeysScript));
        await scenario.ExpireLocksAsync();
        var moved = await RelayOpsProcess.RunAsync([.. line, "--confirm", "yes", "--report", directory.File("report.json")]);

        Assert.True(moved.ExitCode == 0, moved.ToString());
        Console.WriteLine(moved);
        Assert.Contains("an earlier migration broke off: its key in", moved.ToString());
        Assert.True(!moved.ToString().Contains("through this machine", StringComparison.Ordinal), moved.ToString());
        var bytes = JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("report.json"))).RootElement.GetProperty("movedBytes");
        Assert.InRange(bytes.GetProperty("straight").GetInt64(), Large, long.MaxValue);
        Assert.InRange(bytes.GetProperty("throughHere").GetInt64(), 1, Large / 16);
        Assert.Equal("healthy", await scenario.Arrived.FindHealthAsync(scenario.Patience));
        Assert.Equal("", await scenario.AsRootAsync(KeysScript));
        Assert.Equal("ssh-ed25519 AAAA somebody else\n600 " + user.Name, await LookAsync(user, scenario));
        await AssertEqualAsync(scenario, user);
    }

    [Fact]
    public async Task Migrate_arrives_where_the_way_straight_breaks_and_sends_nothing_to_another_server_on_it()
    {
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Sudo, "relay-busybox");
        var (user, second) = (Bed.Second.User("relay-busybox"), (await server.GetSecondAsync(scenario.Patience)).Sshd);
        await scenario.AsRootAsync(GrowScript);
        await Images.ImportAllAsync(Bed.Second, scenario.Patience);

        var refused = await Assert.ThrowsAsync<RelayOpsException>(() => scenario.MoveAsync(scenario.Request with { Direct = second.AddressFor(server.Sshd.Address, server.Sshd.Port) }));
        Assert.Equal(ExitStatus.NoConnection, refused.Status);
        Assert.Contains(server.Sshd.Fingerprint, refused.Why);
        await AssertNothingLeftAsync(scenario, user);

        await using var relay = CountingRelay.Start(second.Address, second.Port);
        relay.Refuse();
        var far = new SharedFault(new CutOver("making the directory", IsOnNew: true, Arrival.Mark), Fault.Error) { Begins = null };
        var direct = scenario.Request with { Direct = second.AddressFor("127.0.0.1", relay.Port) };
        await Assert.ThrowsAsync<RelayOpsException>(() => scenario.MoveAsync(direct, far.OnOld(scenario.Old), far.OnNew(scenario.New)));
        Assert.Contains(scenario.Said.Warnings, warning => warning.Contains("cannot send straight", StringComparison.Ordinal) && warning.Contains("through this machine", StringComparison.Ordinal));
        await AssertNothingLeftAsync(scenario, user);

        relay.Accept();
        relay.BytesPerSecond = Large / 4;
        var arriving = scenario.MoveAsync(direct with { TrialBoots = false });
        await UntilAsync(() => relay.BytesUp > Large / 4 || arriving.IsCompleted, scenario);
        relay.Cut();
        var outcome = await arriving;
        Assert.Contains(scenario.Said.Warnings, warning => warning.Contains("data did not get straight", StringComparison.Ordinal));
        Assert.InRange(outcome.BytesThroughHere, Large, long.MaxValue);
        await AssertArrivedAsync(scenario, user);
    }

    [Fact]
    public async Task Migrate_goes_on_through_this_machine_where_the_way_straight_breaks_while_nobody_serves()
    {
        await using var scenario = await MoveScenario.BeginAsync(server, ServerUsers.Docker, "relay-busybox");
        var (user, second) = (Bed.Second.User("relay-busybox"), (await server.GetSecondAsync(scenario.Patience)).Sshd);
        await scenario.AsRootAsync(GrowScript);
        await using var relay = CountingRelay.Start(second.Address, second.Port);

        var moving = scenario.MoveAsync(scenario.Request with { Direct = second.AddressFor("127.0.0.1", relay.Port) });
        await UntilAsync(() => HasSaid("stopping the old service") || moving.IsCompleted, scenario);
        Assert.True(relay.BytesUp > Large, $"{relay.BytesUp}\n{scenario.Said}");
        relay.Freeze();
        await UntilAsync(() => HasSaid("sending the dataset straight", 2) || moving.IsCompleted, scenario);
        await UntilAsync(() =>
        {
            relay.Cut();
            return scenario.Said.Warnings.Any(warning => warning.Contains("the dataset did not get straight", StringComparison.Ordinal)) || moving.IsCompleted;
        }, scenario);
        var outcome = await moving;

        Console.WriteLine($"{outcome}\n{scenario.Said}");
        Assert.InRange(outcome.BytesStraight, Large, long.MaxValue);
        Assert.Contains(scenario.Said.Warnings, warning => warning.Contains("the dataset did not get straight", StringComparison.Ordinal));
        await AssertArrivedAsync(scenario, user);

        bool HasSaid(string what, int times = 1) => scenario.Said.Notes.Count(note => note.EndsWith(what, StringComparison.Ordinal)) >= times;
    }

    private static async Task UntilAsync(Func<bool> isSo, MoveScenario scenario)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!isSo())
            await timer.WaitForNextTickAsync(scenario.Patience);
    }

    private static async Task AssertArrivedAsync(MoveScenario scenario, ServerUser user)
    {
        Assert.Equal("healthy", await scenario.Arrived.FindHealthAsync(scenario.Patience));
        Assert.Null(await scenario.Deployment.FindHealthAsync(scenario.Patience));
        await AssertEqualAsync(scenario, user);
        Assert.Equal("", await scenario.AsRootAsync(KeysScript));
        Assert.False(Directory.Exists($"{user.Home}/.ssh"));
    }

    private static async Task AssertNothingLeftAsync(MoveScenario scenario, ServerUser user)
    {
        Assert.Equal("", await scenario.AsRootAsync(KeysScript + """; ls -A "$2" 2>/dev/null; ls "$1/.relayops/journal.json" 2>/dev/null || :"""));
        Assert.False(Directory.Exists($"{user.Home}/.ssh"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
    }

    private static async Task AssertEqualAsync(MoveScenario scenario, ServerUser user)
    {
        const string kept = "redis_data data docker-compose.yml .env logs/claude-relay-2025-08-0* -maxdepth 0 -o -path './data/*'";
        Assert.Equal(await scenario.FilesAsync(scenario.Deployment.Path, kept, scenario.Deployment.Options.Owner!), await scenario.FilesAsync(scenario.NewPath, kept, user));
        Assert.Equal("", await scenario.AsRootAsync("ls -d \"$2/.relayops/\"[dt]* 2>/dev/null || :"));
    }

    /// <summary>A line that ends without a line break, in the only copy of somebody's access.</summary>
    private static Task<string> AdmitSomebodyAsync(ServerUser user, MoveScenario scenario) => Shell.RunAsRootAsync("sh", ["-c", """
        install -d -m 700 -o "$2" "$1/.ssh" && printf 'ssh-ed25519 AAAA somebody else' > "$1/.ssh/authorized_keys"
        chown "$2" "$1/.ssh/authorized_keys" && chmod 600 "$1/.ssh/authorized_keys"
        """, "sh", user.Home, user.Name], scenario.Patience);

    private static async Task<string> LookAsync(ServerUser user, MoveScenario scenario) => (await Shell.RunAsRootAsync("sh", ["-c", """
        cd "$1/.ssh" && cat authorized_keys && stat -c '%a %U' authorized_keys && ls -A | grep -v '^authorized_keys$'
        rm -rf "$1/.ssh"
        """, "sh", user.Home], scenario.Patience)).TrimEnd('\n');

    private static Task<string> ForgetImagesAsync(MoveScenario scenario) =>
        Shell.RunAsync(Bed.Second.Through("docker", ["image", "prune", "-af"]), scenario.Patience);
}
