using System.Text.Json;
using RelayOps.EndToEnd.Tests.Encryption;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Packages;
using RelayOps.Testing.Processes;
using RelayOps.Testing.Rclone;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;
using Xunit.Abstractions;

namespace RelayOps.EndToEnd.Tests.Stores;

/// <summary>
/// A server with a login, described with it in the store's name. It serves s3; where no rclone is to be had that does, webdav, so that whether
/// these tests pass hangs on no mirror.
/// </summary>
public sealed class OffsiteServerTests(ITestOutputHelper output) : IDisposable
{
    private const string Key = "canarykey77aa";

    private const string Password = "canary/secret+8c1d";

    private readonly TestDirectory _directory = TestDirectory.Create("relayops-server-");

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Backups_go_there_and_come_back_and_the_login_is_seen_by_nobody()
    {
        await using var server = await StartAsync();
        output.WriteLine(server.Kind);
        await using var deployment = await NativeDeployment.StartAsync(new RedisServerOptions { Settings = ["enable-debug-command local"] }, Patience);
        await deployment.FillAsync(500, 100, Patience);
        var digest = await deployment.Redis.Cli.RunAsync(["DEBUG", "DIGEST"], Patience);
        var first = await BackupAsync(deployment, server);

        var open = await RelayOpsProcess.RunAsync(["Backup", .. deployment.Here, "--store", server.Store]);
        Assert.True(open.ExitCode == 2, open.ToString());
        Assert.Contains("--store holds credentials", open.ToString(), StringComparison.Ordinal);
        AssertNothingShown(server, open.ToString());

        await RunAsync(0, server, ["Backup", .. deployment.Here, "--allow-plaintext"]);
        string[] elsewhere = ["--backup-directory", _directory.File("nothing-here"), "--allow-plaintext"];
        await RunAsync(0, server, ["Verify", .. elsewhere]);
        Assert.Equal(2, await CountAsync(server, elsewhere));
        await RunAsync(0, server, ["Prune", .. elsewhere, "--keep", "1"]);
        Assert.Equal(1, await CountAsync(server, elsewhere));
        Assert.DoesNotContain(Directory.GetFiles(_directory.File("bucket"), "*", SearchOption.AllDirectories), file => file.Contains(first, StringComparison.Ordinal));

        await deployment.Redis.Cli.RunAsync(["FLUSHALL"], Patience);
        await RunAsync(0, server, ["Restore", .. deployment.Here[..4], .. elsewhere, "--backup-id", "latest", "--confirm", "yes"]);
        Assert.Equal(digest, await deployment.Redis.Cli.RunAsync(["DEBUG", "DIGEST"], Patience));

        var refused = await RunAsync(3, server with { Store = server.WrongStore }, ["Verify", .. elsewhere]);
        Assert.Contains("cannot list store rclone:", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Refusal, refused.ToString(), StringComparison.Ordinal);
    }

    /// <summary>With everything that could show the login: process lists, output, report, summary, step outputs, what lies in the stores.</summary>
    private async Task<string> BackupAsync(NativeDeployment deployment, Serving server)
    {
        var environment = new Dictionary<string, string>
        {
            ["STORE"] = "local+" + server.Store,
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_STEP_SUMMARY"] = _directory.File("summary.md"),
            ["GITHUB_OUTPUT"] = _directory.File("outputs"),
        };
        await using var process = RelayOpsProcess.Start(environment, ["Backup", .. deployment.Here, "--allow-plaintext", "--no-incident"]);
        var watched = ProcessWatch.UntilEndAsync(
            process.Id, new WatchedSecret(server.Secret, "rclone", "relayopsdescribed:") { ToolMayKnow = true, Apart = server.Process.Id }, Patience);
        var result = await process.WaitAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        var watch = await watched;
        Assert.True(watch.SawTool);
        Assert.Empty(watch.Leaks);
        AssertNothingShown(server, result.ToString());
        Assert.Contains("=***", result.ToString(), StringComparison.Ordinal);
        string[] written = [deployment.Here[^1], _directory.File("summary.md"), _directory.File("outputs"), .. Directory.GetFiles(deployment.Store, "*.json")];
        foreach (var file in written)
            AssertNothingShown(server, await File.ReadAllTextAsync(file, Patience));
        return Path.GetFileName(deployment.Archives.Single());
    }

    private static async Task<RelayOpsResult> RunAsync(int status, Serving server, string[] arguments)
    {
        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["STORE"] = server.Store }, arguments);
        var result = await process.WaitAsync();
        Assert.True(result.ExitCode == status, result.ToString());
        AssertNothingShown(server, result.ToString());
        return result;
    }

    private static async Task<int> CountAsync(Serving server, string[] elsewhere)
    {
        var listed = JsonDocument.Parse((await RunAsync(0, server, ["List", .. elsewhere, "--json"])).Output).RootElement;
        Assert.All(listed.EnumerateArray(), backup => Assert.Contains("***", backup.GetProperty("store").GetString(), StringComparison.Ordinal));
        return listed.GetArrayLength();
    }

    private static void AssertNothingShown(Serving server, string text)
    {
        Assert.DoesNotContain(server.Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    private async Task<Serving> StartAsync()
    {
        Directory.CreateDirectory(_directory.File("bucket/relay"));
        if (await FindS3Async() is { } newer)
        {
            var s3 = await RcloneServer.StartAsync(newer, _directory.File("bucket"), "s3", ["--auth-key", $"{Key},{Password}"]);
            string Store(string secret) => $"rclone::s3,provider=Other,access_key_id={Key},secret_access_key={secret},endpoint='{s3.Address}',force_path_style=true:relay/backups";
            return new Serving(s3, Store(Password), Store("canary-wrong"), Password, "403") { Kind = $"served over s3, by {newer}" };
        }

        var webdav = await RcloneServer.StartAsync(_directory.File("bucket"), "webdav", "--user", "relay", "--pass", Password);
        var (right, wrong) = (await ObscureAsync(Password), await ObscureAsync("canary-wrong"));
        string Described(string pass) => $"rclone::webdav,url='{webdav.Address}',user=relay,pass={pass}:relay/backups";
        return new Serving(webdav, Described(right), Described(wrong), right, "401")
        {
            Kind = "SERVED OVER WEBDAV, NOT S3: neither this machine's rclone serves s3, nor is a newer one to be had. What is proven here is not proven of S3.",
        };
    }

    /// <summary>The machine's own rclone where it serves s3, else the newest of the distribution.</summary>
    private static async Task<string?> FindS3Async()
    {
        await RcloneServer.EnsureInstalledAsync();
        return await NewerPackage.AnswersAsync("rclone", ["serve", "s3", "--help"], "--auth-key", Patience) ? "rclone"
            : await NewerPackage.FindAsync("rclone", "usr/bin/rclone", ["serve", "s3", "--help"], "--auth-key", Patience);
    }

    private static async Task<string> ObscureAsync(string password) => (await Shell.RunAsync("rclone", ["obscure", password], Patience)).Trim();

    /// <param name="Secret">As it stands in the store's name.</param>
    /// <param name="Refusal">The server's status for <paramref name="WrongStore"/>.</param>
    private sealed record Serving(RcloneServer Process, string Store, string WrongStore, string Secret, string Refusal) : IAsyncDisposable
    {
        /// <summary>For whoever reads the test's output, and might take one for the other.</summary>
        public required string Kind { get; init; }

        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
