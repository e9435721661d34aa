using RelayOps.Adapters.Tests.Stores;
using RelayOps.EndToEnd.Tests.Running;

namespace RelayOps.EndToEnd.Tests.Workflows;

public sealed class NoIncidentTests : IDisposable
{
    private readonly FakeGitHub _github = new();

    public void Dispose() => _github.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(0, "--no-incident")]
    public async Task Scheduled_backup_that_fails_opens_an_issue_unless_told_otherwise(int issues, params string[] options)
    {
        var environment = new Dictionary<string, string>
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_EVENT_NAME"] = "schedule",
            ["GITHUB_REPOSITORY"] = "o/r",
            ["GITHUB_API_URL"] = _github.Url.ToString(),
            ["GITHUB_TOKEN"] = _github.Token,
            ["GITHUB_STEP_SUMMARY"] = "",
            ["GITHUB_OUTPUT"] = "",
        };
        var nowhere = Path.Combine(Path.GetTempPath(), $"relayops-nowhere-{Guid.NewGuid():N}");
        await using var process = RelayOpsProcess.Start(environment,
            ["Backup", "--server", "local", "--deployment-path", nowhere, "--backup-directory", nowhere, "--report", Path.Combine(nowhere, "report.json"), .. options]);

        var result = await process.WaitAsync();
        Directory.Delete(nowhere, recursive: true);

        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Equal(issues, _github.Issues.Count);
    }
}
