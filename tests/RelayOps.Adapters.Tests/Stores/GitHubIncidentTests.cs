using RelayOps.Adapters.Stores.GitHub;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Tests.Stores;

public sealed class GitHubIncidentTests : IDisposable
{
    private readonly GitHubScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task TellAsync_opens_one_issue_however_often_it_fails()
    {
        await TellAsync(Failed("redis did not finish saving"));
        await TellAsync(Failed("the server cannot be reached"));

        var issue = Assert.Single(scene.Server.Issues);
        Assert.Equal("RelayOps: Backup tokyo fails", issue.Title);
        Assert.Contains("the server cannot be reached", issue.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("redis did not", issue.Body, StringComparison.Ordinal);
        Assert.Contains("https://github.example/run/1", issue.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TellAsync_closes_the_issue_when_it_works_again_and_opens_another_later()
    {
        await TellAsync(Failed("no"));
        await TellAsync(Succeeded);
        await TellAsync(Succeeded);
        await TellAsync(Failed("again"));

        Assert.Equal(["closed", "open"], scene.Server.Issues.Select(issue => issue.State));
        Assert.Contains("works again", Assert.Single(scene.Server.Issues[0].Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TellAsync_keeps_the_incidents_of_several_servers_apart()
    {
        await TellAsync(Failed("no"));
        await TellAsync(Failed("no"), "Backup paris");
        await TellAsync(Succeeded, "Backup paris");

        Assert.Equal(["open", "closed"], scene.Server.Issues.Select(issue => issue.State));
    }

    [Fact]
    public async Task TellAsync_opens_none_for_a_run_that_a_person_started()
    {
        await TellAsync(Failed("no"), isScheduled: false);

        Assert.Empty(scene.Server.Issues);
    }

    [Fact]
    public async Task TellAsync_says_what_could_not_be_told()
    {
        scene.Server.Fail(Fault.Status("GET", 403, "Resource not accessible by integration"));

        var problem = await TellAsync(Failed("no"));

        Assert.Contains("issues: write", problem, StringComparison.Ordinal);
    }

    private static OperationReport Succeeded => new()
    {
        Operation = "Backup",
        StartedAt = new DateTimeOffset(2025, 8, 5, 2, 23, 0, TimeSpan.Zero),
        Seconds = 1,
        ExitStatus = 0,
        Verdict = "done",
    };

    private static OperationReport Failed(string what) => Succeeded with { ExitStatus = 1, Error = new ReportedError(what, "because", "look") };

    private async Task<string?> TellAsync(OperationReport report, string subject = "Backup tokyo", bool isScheduled = true)
    {
        using var incident = new GitHubIncident(scene.Connection(), new IncidentContext(subject, "https://github.example/run/1", isScheduled));
        return await incident.TellAsync(report, CancellationToken.None);
    }
}
