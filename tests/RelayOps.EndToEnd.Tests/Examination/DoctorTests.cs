using RelayOps.Core;
using RelayOps.EndToEnd.Tests.Restore;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Ssh;
using RelayOps.Testing.Users;

namespace RelayOps.EndToEnd.Tests.Examination;

/// <summary>Doctor against a real server: well, ill in many ways at once, out of reach, and mended.</summary>
[Collection(OneServer.Name)]
public sealed class DoctorTests(Server server)
{
    [Theory, InlineData("relay-docker"), InlineData("relay-busybox")]
    public async Task Doctor_finds_no_error_in_a_healthy_deployment_and_changes_nothing(string name)
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Get(name));
        await scenario.BackupAsync();
        var before = await StateAsync(scenario);

        var run = await DoctorRun.BeginAsync(Reaching(scenario));

        Assert.True(run.Result.ExitCode == 0, run.ToString());
        Assert.Empty(run.With("error"));
        // Only GitHub and this machine's time synchronisation are not there to be asked, and a single backup is compared with none.
        Assert.All(run.With("not checked"), id => Assert.True(id.StartsWith("github.", StringComparison.Ordinal) || id is "machine.clock" or "backups.size", id));
        Assert.Equal(before, await StateAsync(scenario));
    }

    [Fact]
    public async Task Doctor_names_every_fault_at_once_and_changes_nothing_and_tells_no_secret()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Sudo);
        await scenario.BackupAsync();
        await BreakAsync(scenario);
        var before = await StateAsync(scenario);

        var run = await DoctorRun.BeginAsync([.. Reaching(scenario), "--max-age", "1s", "--keep", "1"]);

        Assert.True(run.Result.ExitCode == 1, run.ToString());
        foreach (var id in new[]
            {
                "server.journal", "redis.persistence", "redis.eviction", "deployment.jwt-secret", "deployment.default-secrets", "deployment.env-mode", "deployment.env-lines",
                "deployment.compose", "deployment.key-fits-backup", "machine.archive-modes", "backups.age",
            })
            Assert.True(run.Outcome(id) is "error" or "warning", $"{id}: {run}");
        foreach (var id in new[] { "server.lock", "server.put-aside", "docker.containers", "deployment.init-mode", "deployment.administrator", "deployment.encryption-key", "machine.directory-mode", "backups.retention" })
            Assert.True(run.Outcome(id) == "warning", $"{id}: {run}");
        Assert.Equal(before, await StateAsync(scenario));
        foreach (var secret in new[] { scenario.Deployment.Secrets.EncryptionKey, scenario.Deployment.Secrets.AdminPassword, "your-jwt", "anotherkey", "unsaid" })
            Assert.DoesNotContain(secret, run.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_without_a_connection_tells_so_and_looks_at_the_rest()
    {
        using var here = TestDirectory.Create("relayops-doctor-");
        await File.WriteAllTextAsync(here.File("nobody"), "");

        var run = await DoctorRun.BeginAsync("--server", server.Sshd.Target(ServerUsers.Docker.Name).ToString(), "--ssh-key", server.Sshd.KeyFile,
            "--known-hosts", here.File("nobody"), "--backup-directory", here.File("store"));

        Assert.True(run.Result.ExitCode == 3, run.ToString());
        Assert.Equal(["connection.host-key", "connection.reachable"], run.With("error"));
        Assert.Equal("ok", run.Outcome("machine.dotnet"));
        Assert.Equal("ok", run.Outcome("backups.stores"));
        foreach (var id in new[] { "connection.latency", "server.shell", "docker.daemon", "redis.answers", "deployment.found" })
            Assert.Equal("not checked", run.Outcome(id));
        Assert.Contains(server.Sshd.Fingerprint, run.Found("connection.reachable"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_without_anything_configured_looks_at_this_machine()
    {
        using var here = TestDirectory.Create("relayops-doctor-");

        var run = await DoctorRun.BeginAsync("--backup-directory", here.File("store"));

        Assert.True(run.Result.ExitCode == 0, run.ToString());
        Assert.Equal("warning", run.Outcome("machine.directory"));
        Assert.Equal("not checked", run.Outcome("connection.reachable"));
        Assert.False(Directory.Exists(here.File("store")));
    }

    [Fact]
    public async Task Doctor_mends_modes_with_fix_alone_and_an_interrupted_restore_once_that_is_confirmed()
    {
        await using var scenario = await Scenario.BeginAsync(server, ServerUsers.Docker);
        var source = await scenario.BackupAsync();
        await scenario.RedisAsync("SET", "written:after", "the backup");
        // Lock, journal, unpack, layout, journal: the service is about to be stopped.
        var faulty = new FaultyHost(scenario.Host, at: 5, Fault.VanishAfter);
        await Assert.ThrowsAsync<RelayOpsException>(() => scenario.RestoreAsync(source, through: faulty));
        await scenario.ExpireLockAsync();
        await OpenModesAsync(scenario);
        var before = await StateAsync(scenario);

        var ill = await DoctorRun.BeginAsync(Reaching(scenario));
        Assert.True(ill.Result.ExitCode == 1, ill.ToString());
        Assert.Equal("error", ill.Outcome("server.journal"));
        var told = await RelayOpsProcess.RunAsync(["Doctor", .. Reaching(scenario), "--fix", "--dry-run"]);
        Assert.Contains("would mend there: chmod 600 '.env'", told.ToString());
        Assert.Equal(before, await StateAsync(scenario));

        var closed = await DoctorRun.BeginAsync([.. Reaching(scenario), "--fix"]);
        Assert.True(closed.Result.ExitCode == 1, closed.ToString());
        Assert.Equal(("error", "ok"), (closed.Outcome("server.journal"), closed.Outcome("deployment.env-mode")));
        Assert.Contains("Doctor --fix --confirm yes", closed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(closed.Mended, line => line.Contains("interrupted operation", StringComparison.Ordinal));
        await OpenModesAsync(scenario);

        var mended = await DoctorRun.BeginAsync([.. Reaching(scenario), "--fix", "--confirm", "yes"]);

        Assert.True(mended.Result.ExitCode == 0, mended.ToString());
        foreach (var id in new[] { "server.journal", "server.staging", "deployment.env-mode", "deployment.init-mode", "machine.archive-modes", "machine.directory-mode" })
            Assert.True(mended.Outcome(id) == "ok", $"{id}: {mended}");
        Assert.Contains(mended.Mended, line => line.Contains("interrupted operation", StringComparison.Ordinal));
        Assert.Equal("the backup", await scenario.RedisAsync("GET", "written:after"));
        Assert.Equal("healthy", await scenario.Deployment.FindHealthAsync(scenario.Patience));
        Assert.Empty(await scenario.LeftoversAsync());
    }

    private static async Task BreakAsync(Scenario scenario)
    {
        await scenario.RedisAsync("CONFIG", "SET", "maxmemory", "500mb", "maxmemory-policy", "allkeys-lru", "appendonly", "no", "save", "");
        await scenario.Deployment.ComposeAsync(["stop", "-t", "2", "claude-relay"], scenario.Patience);
        await OpenModesAsync(scenario);
        await scenario.AsRootAsync("""
            cd "$1"
            sed -i -e 's/^JWT_SECRET=.*/JWT_SECRET=your-jwt-secret-here/' -e 's/^ENCRYPTION_KEY=.*/ENCRYPTION_KEY=anotherkey/' -e 's/^ADMIN_PASSWORD=.*/ADMIN_PASSWORD=unsaid/' .env
            echo 'no setting at all' >> .env
            printf '  - neither list\n nor mapping: [\n' >> docker-compose.yml
            mkdir -p .relayops/lock && echo '{}' > .relayops/journal.json && echo token > .relayops/lock/token && echo 'Restore by somebody' > .relayops/lock/owner
            touch -d '1 hour ago' .relayops/lock/token
            for i in 1 2 3 4 5 6 7 8 9; do mkdir "data.bak.2025080${i}_120000"; done
            """);
    }

    private static async Task OpenModesAsync(Scenario scenario)
    {
        await scenario.AsRootAsync("chmod 644 \"$1/.env\" \"$1/data/init.json\"");
        await Shell.RunAsync("sh", ["-c", "chmod 755 \"$1\" && chmod 644 \"$1\"/*.tar.gz", "sh", scenario.Store.Directory], scenario.Patience);
    }

    /// <summary>Names, owners, modes and times of all that no running service writes by itself, and what is in it; of the store as well.</summary>
    private static async Task<string> StateAsync(Scenario scenario) =>
        await scenario.AsRootAsync($$"""
            cd "$1" && find . '{{scenario.Store.Directory}}' \( -path ./redis_data -o -path ./logs \) -prune -o -exec stat -c '%n %F %a %u %g %s %Y' {} + | sort
            find . '{{scenario.Store.Directory}}' \( -path ./redis_data -o -path ./logs \) -prune -o -type f -exec sha256sum {} + | sort
            """);

    private string[] Reaching(Scenario scenario) =>
        [.. server.Reaching(scenario.Deployment.Options.Owner!, scenario.Path), "--backup-directory", scenario.Store.Directory];
}
