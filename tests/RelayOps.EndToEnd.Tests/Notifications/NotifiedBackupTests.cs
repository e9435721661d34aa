using System.Text.Json;
using RelayOps.Adapters.Tests.Reporting.Notifications;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;

namespace RelayOps.EndToEnd.Tests.Notifications;

/// <summary>Runs that tell somebody else how they ended.</summary>
public sealed class NotifiedBackupTests : IAsyncLifetime, IDisposable
{
    private const string Canary = "canary-path-5e1f";

    private readonly Receiver _receiver = new();
    private NativeDeployment? _deployment;

    private NativeDeployment Deployment => _deployment!;

    private string Metrics => Path.Combine(Path.GetDirectoryName(Deployment.Path)!, "relayops.prom");

    public async Task InitializeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        _deployment = await NativeDeployment.StartAsync(new RedisServerOptions(), patience.Token);
        await _deployment.FillAsync(20, 100, patience.Token);
    }

    public async Task DisposeAsync() => await Deployment.DisposeAsync();

    public void Dispose() => _receiver.Dispose();

    [Fact]
    public async Task Backup_tells_its_start_its_outcome_and_its_figures_and_shows_no_address()
    {
        var result = await RunAsync(["Backup", .. Deployment.Here, "--notify-on", "always", "--metrics", Metrics]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal([$"/{Canary}/start", $"/{Canary}", "/hook"], _receiver.Requests.Select(request => request.Path).OrderByDescending(path => path.Length));
        using var report = JsonDocument.Parse(_receiver.Requests.Single(request => request.Path == "/hook").Body);
        Assert.Equal(20, report.RootElement.GetProperty("backup").GetProperty("keys").GetInt64());
        Assert.Contains("relayops_backup_keys{operation=\"Backup\",server=\"local\"} 20\n", await File.ReadAllTextAsync(Metrics), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_that_fails_tells_why_and_a_receiver_that_refuses_is_a_warning()
    {
        await Deployment.StopRedisAsync();
        _receiver.Answer = (500, Canary);

        var result = await RunAsync(["Backup", .. Deployment.Here]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"/{Canary}/fail", _receiver.Requests.Select(request => request.Path));
        Assert.Contains("Webhook at 127.0.0.1 could not be told: it answered 500", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_that_cannot_be_written_are_a_warning_and_no_failure()
    {
        var file = Path.Combine(Deployment.Path, "docker-compose.yml", "relayops.prom");

        var result = await RunAsync(["List", .. Deployment.Here[4..], "--metrics", file]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains($"warning: the metrics could not be written to {file}", result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slack:", "")]
    [InlineData("healthchecks:", "")]
    [InlineData("", "hook?key=")]
    public async Task Token_on_the_command_line_is_refused_before_anything_is_done(string kind, string path)
    {
        var result = await RelayOpsProcess.RunAsync(["Backup", .. Deployment.Here, "--notify", $"{kind}{_receiver.Url}{path}{Canary}"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("set the environment variable NOTIFY instead", result.Output + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, result.Output + result.Error, StringComparison.Ordinal);
        Assert.Empty(Deployment.Archives);
        Assert.Empty(_receiver.Requests);
    }

    private async Task<RelayOpsResult> RunAsync(string[] arguments)
    {
        var notify = $"healthchecks:{_receiver.Url}{Canary} {_receiver.Url}hook#{Canary}";
        await using var process = RelayOpsProcess.Start(new Dictionary<string, string> { ["NOTIFY"] = notify }, arguments);
        return await process.WaitAsync();
    }
}
