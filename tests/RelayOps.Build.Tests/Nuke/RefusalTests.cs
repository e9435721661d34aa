using System.Net;
using System.Net.Sockets;

namespace RelayOps.Build.Tests.Nuke;

public sealed class RefusalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("relayops-refusal-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task TellAsync_tells_a_workflow_what_was_wrong_and_nothing_that_is_secret()
    {
        var environment = new Dictionary<string, string>
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_STEP_SUMMARY"] = Path.Combine(_directory, "summary"),
            ["GITHUB_OUTPUT"] = Path.Combine(_directory, "output"),
            ["PASSPHRASE"] = "correct horse",
        };
        var wrong = new CommandLineError("--confirm cannot be 'correct horse\n::add-mask::x'", "it takes yes", "write --confirm yes");

        await Refusal.TellAsync(typeof(global::Build), wrong, ["Restore", "--confirm", "sure"], environment, isAttended: false);

        var summary = await File.ReadAllTextAsync(environment["GITHUB_STEP_SUMMARY"]);
        Assert.Contains("## ❌ Restore", summary, StringComparison.Ordinal);
        Assert.Contains("it takes yes", summary, StringComparison.Ordinal);
        Assert.Contains("write --confirm yes", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("\n::", await File.ReadAllTextAsync(environment["GITHUB_OUTPUT"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TellAsync_notifies_of_a_run_that_nobody_attends()
    {
        using var receiver = new HttpListener();
        var port = FreePort();
        receiver.Prefixes.Add($"http://127.0.0.1:{port}/");
        receiver.Start();
        var environment = new Dictionary<string, string> { ["NOTIFY"] = $"http://127.0.0.1:{port}/told", ["PROFILE"] = "tokyo" };

        var telling = Refusal.TellAsync(typeof(global::Build), new CommandLineError("--keep cannot be 'seven'", "why", "next"), ["Backup"], environment, isAttended: false);
        var told = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30));
        using var body = new StreamReader(told.Request.InputStream);
        var text = await body.ReadToEndAsync();
        told.Response.Close();
        await telling;

        Assert.Contains("Backup was refused", text, StringComparison.Ordinal);
        Assert.Contains("\"exitStatus\":2", text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TellAsync_writes_no_file_for_a_person_at_a_terminal()
    {
        var environment = new Dictionary<string, string> { ["GITHUB_STEP_SUMMARY"] = Path.Combine(_directory, "summary") };

        await Refusal.TellAsync(typeof(global::Build), new CommandLineError("what", "why", "next"), [], environment, isAttended: true);

        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
