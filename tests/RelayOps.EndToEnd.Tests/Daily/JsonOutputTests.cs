using System.Text.Json;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Daily;

/// <summary>With <c>--json</c>, standard output is one document and nothing else, however the run ends.</summary>
public sealed class JsonOutputTests : IDisposable
{
    private readonly TestDirectory _directory = TestDirectory.Create("relayops-json-");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(4, "there is no backup", "Inspect", "--backup-id", "20200101_000000")]
    [InlineData(4, "there is no backup", "Verify", "--backup-id", "20200101_000000")]
    [InlineData(1, "there is no verified backup", "Status")]
    [InlineData(2, "no server was named", "Usage")]
    [InlineData(2, "no server was named", "Preflight")]
    [InlineData(2, "no server was named", "Update", "--check-only")]
    [InlineData(2, "--max-age cannot be 'soon'", "Status", "--max-age", "soon")]
    public async Task A_run_that_fails_prints_what_why_and_what_to_do(int status, string what, params string[] arguments)
    {
        var (result, document) = await RunAsync(arguments);

        Assert.True(result.ExitCode == status, result.ToString());
        Assert.Equal(status, document.GetProperty("exitStatus").GetInt32());
        Assert.Contains(what, document.GetProperty("error").GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", document.GetProperty("error").GetProperty("next").GetString());
    }

    [Fact]
    public async Task List_prints_an_array_and_Prune_its_decisions()
    {
        foreach (var day in new[] { "01", "02", "03" })
            await File.WriteAllTextAsync(_directory.File($"claude-relay-backup-202508{day}_000000.tar.gz"), "archive");

        var (listed, list) = await RunAsync("List");
        var (chosen, none) = await RunAsync("List", "--pinned");
        var (pruned, report) = await RunAsync("Prune", "--keep", "1", "--dry-run");

        Assert.True(listed.ExitCode == 0 && chosen.ExitCode == 0 && pruned.ExitCode == 0, $"{listed}{chosen}{pruned}");
        Assert.Equal(3, list.GetArrayLength());
        Assert.Equal(0, none.GetArrayLength());
        Assert.All(report.GetProperty("retention").GetProperty("decisions").EnumerateArray(), decision => Assert.NotEqual("", decision.GetProperty("reason").GetString()));
        Assert.Equal(3, report.GetProperty("retention").GetProperty("decisions").GetArrayLength());
    }

    private async Task<(RelayOpsResult Result, JsonElement Document)> RunAsync(params string[] arguments)
    {
        var result = await RelayOpsProcess.RunAsync([.. arguments, "--json", "--backup-directory", _directory.Path, "--report", _directory.File("report.json")]);
        return (result, JsonDocument.Parse(result.Output).RootElement);
    }
}
