using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RelayOps.Adapters.Tests.Stores;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Workflows;

/// <summary>The repository's own workflows, run step by step against a real deployment and a GitHub of the tests' own.</summary>
public sealed class BackupWorkflowTests : IAsyncLifetime, IDisposable
{
    private readonly FakeGitHub _github = new();
    private NativeDeployment _deployment = null!;
    private WorkflowRunner _runner = null!;

    public async Task InitializeAsync()
    {
        _deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Password = "redis password" }, CancellationToken.None);
        await _deployment.FillAsync(1300, 100, CancellationToken.None);
        _runner = new WorkflowRunner(_github.Url, _github.Token, _deployment.Path);
        _runner.Variables["ALLOW_PLAINTEXT"] = "true";
    }

    public async Task DisposeAsync() => await _deployment.DisposeAsync();

    public void Dispose()
    {
        _runner.Dispose();
        _github.Dispose();
    }

    [Fact]
    public async Task Scheduled_backup_is_uploaded_and_status_and_drill_find_it()
    {
        var backup = await _runner.OnScheduleAsync("backup.yml");

        Assert.True(backup.Status == 0, backup.ToString());
        var outputs = backup["Backup"].Outputs!;
        Assert.Equal("deep", outputs["verified"]);
        Assert.Contains("## ✅ Backup", backup["Backup"].Summary, StringComparison.Ordinal);
        var archive = Path.Combine(_runner.Artifacts, Path.GetFileName(outputs["archive"]));
        Assert.Equal(outputs["sha256"], Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(archive))));
        Assert.True(File.Exists(Path.Combine(_runner.Artifacts, "report-backup-tokyo", "report.json")));

        Assert.Equal(1, (await _runner.OnScheduleAsync("status.yml")).Status);
        var stale = Assert.Single(_github.Issues);
        Assert.Equal(("RelayOps: Status tokyo fails", "open"), (stale.Title, stale.State));
        _runner.Publish(_github);
        var status = await _runner.OnScheduleAsync("status.yml");
        Assert.True(status.Status == 0, status.ToString());
        Assert.Equal("closed", stale.State);
        var drill = await _runner.OnScheduleAsync("drill.yml");

        Assert.True(drill.Status == 0, drill.ToString());
        Assert.Equal((outputs["backup-id"], "drill"), (drill["Drill"].Outputs!["backup-id"], drill["Drill"].Outputs!["verified"]));
        Assert.True(File.Exists(Path.Combine(_runner.Artifacts, "restore-drill-certificate-tokyo", "report.json")));
        Assert.True(File.Exists(Path.Combine(_runner.Artifacts, "restore-drill-certificate-tokyo", $"{Path.GetFileName(archive)}.drill.json")), drill.ToString());

        // Another runner: what it compares with comes from the earlier run's artifacts.
        Directory.Delete(Path.Combine(_runner.Workspace, "artifacts"), recursive: true);
        var summary = (await _runner.OnScheduleAsync("backup.yml"))["Backup"].Summary!;
        Assert.Contains("1,300 (before: 1,300)", summary, StringComparison.Ordinal);
        Assert.Contains("title \"Size of the last 2 backups\"", summary, StringComparison.Ordinal);
        Assert.Contains("local, artifact (by the workflow's next step)", summary, StringComparison.Ordinal);
        Assert.Contains($"| Next expiry | {outputs["backup-id"].Replace("_", "\\_", StringComparison.Ordinal)} in store artifact, 2025-11-03 |", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_reads_nothing_and_uploads_nothing_when_the_repository_is_public()
    {
        _github.Visibility = "public";

        var backup = await _runner.OnScheduleAsync("backup.yml");

        Assert.Equal(("failure", "skipped"), (backup["Backup"].Outcome, backup["Upload the backup"].Outcome));
        Assert.Contains("everybody could read the server's keys", backup["Backup"].Log, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_runner.Artifacts, "claude-relay-backup-*"));
        Assert.False(Directory.Exists(Path.Combine(_runner.Workspace, "artifacts", "backups")) && Directory.EnumerateFiles(
            Path.Combine(_runner.Workspace, "artifacts", "backups"), "claude-relay-backup-*.tar.*").Any());
    }

    [Fact]
    public async Task Backup_uploads_no_artifact_that_store_does_not_name_and_asks_for()
    {
        _github.Visibility = "public";
        _runner.Variables["STORE"] = "local";
        var local = await _runner.OnScheduleAsync("backup.yml");
        Assert.True(local.Status == 0, local.ToString());
        Assert.Contains("::warning", local["Backup"].Log, StringComparison.Ordinal);
        Assert.Contains("the backup stays on this runner", local["Backup"].Log, StringComparison.Ordinal);

        _github.Visibility = "private";
        _runner.Variables["STORE"] = "local+release";
        var release = await _runner.OnScheduleAsync("backup.yml");
        Assert.True(release.Status == 0, release.ToString());
        Assert.Single(_github.Releases);
        Assert.DoesNotContain("the backup stays on this runner", release["Backup"].Log, StringComparison.Ordinal);

        foreach (var run in new[] { local, release })
        {
            Assert.Equal(("skipped", "skipped"), (run["Upload the backup"].Outcome, run["Upload its catalogue record"].Outcome));
            Assert.Equal("", run["Backup"].Outputs!["artifact"]);
            Assert.NotEqual("", run["Backup"].Outputs!["archive"]);
        }

        Assert.All(Directory.EnumerateFiles(_runner.Artifacts, "*", SearchOption.AllDirectories), file => Assert.Equal("report.json", Path.GetFileName(file)));
    }

    [Fact]
    public async Task Encrypted_backup_leaves_for_a_public_repository_and_comes_back()
    {
        _github.Visibility = "public";
        _runner.Variables.Remove("ALLOW_PLAINTEXT");
        _runner.Variables["ENCRYPT_TO"] = "passphrase";
        _runner.Secrets["PASSPHRASE"] = "correct horse battery staple";

        var backup = await _runner.OnScheduleAsync("backup.yml");
        Assert.True(backup.Status == 0, backup.ToString());
        Assert.EndsWith(".tar.gz.gpg", Assert.Single(Directory.EnumerateFiles(_runner.Artifacts, "*.tar.*")), StringComparison.Ordinal);

        _runner.Publish(_github);
        var drill = await _runner.OnScheduleAsync("drill.yml");

        Assert.True(drill.Status == 0, drill.ToString());
        Assert.Equal("drill", drill["Drill"].Outputs!["verified"]);
        Assert.DoesNotContain("correct horse", backup.ToString() + drill, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scheduled_backup_opens_one_incident_while_the_server_fails_and_closes_it_afterwards()
    {
        var compose = Path.Combine(_deployment.Path, "docker-compose.yml");
        File.Move(compose, compose + ".away");
        await _runner.OnScheduleAsync("backup.yml");
        var failed = await _runner.OnScheduleAsync("backup.yml");

        Assert.Equal(1, failed.Status);
        Assert.Contains("## ❌ Backup", failed["Backup"].Summary, StringComparison.Ordinal);
        Assert.Equal("success", failed["Upload the report"].Outcome);
        var issue = Assert.Single(_github.Issues);
        Assert.Equal(("RelayOps: Backup tokyo fails", "open"), (issue.Title, issue.State));

        File.Move(compose + ".away", compose);
        await _runner.OnScheduleAsync("backup.yml");

        Assert.Equal("closed", issue.State);
    }

    [Fact]
    public async Task Scheduled_drill_opens_an_incident_while_there_is_nothing_that_it_could_bring_up()
    {
        var failed = await _runner.OnScheduleAsync("drill.yml");

        Assert.True(failed.Status == 1, failed.ToString());
        Assert.Contains("## ❌ Verify", failed["Drill"].Summary, StringComparison.Ordinal);
        var issue = Assert.Single(_github.Issues);
        Assert.Equal(("RelayOps: Verify tokyo fails", "open"), (issue.Title, issue.State));

        await _runner.OnScheduleAsync("backup.yml");
        _runner.Publish(_github);
        var drill = await _runner.OnScheduleAsync("drill.yml");

        Assert.True(drill.Status == 0, drill.ToString());
        Assert.Equal("closed", issue.State);
    }

    [Fact]
    public async Task Dispatched_dry_run_changes_nothing_and_uploads_no_backup()
    {
        var run = await _runner.OnDispatchAsync("backup.yml", new JsonObject { ["profile"] = "tokyo", ["dry-run"] = true });

        Assert.True(run.Status == 0, run.ToString());
        Assert.Equal("skipped", run["Upload the backup"].Outcome);
        Assert.False(Directory.Exists(Path.Combine(_runner.Workspace, "artifacts", "backups")));
    }

    [Fact]
    public async Task Token_is_in_no_log_and_no_summary()
    {
        var run = await _runner.OnScheduleAsync("backup.yml");

        Assert.DoesNotContain(_github.Token, run.ToString() + run["Backup"].Summary, StringComparison.Ordinal);
        Assert.DoesNotContain(NativeDeployment.EncryptionKey, run.ToString() + run["Backup"].Summary, StringComparison.Ordinal);
    }
}
