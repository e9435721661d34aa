using RelayOps.Core;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>What an incident is about, and where it happened.</summary>
/// <param name="Subject">Operation and profile, e.g. <c>Backup tokyo</c>: one issue is open for each.</param>
/// <param name="RunAddress">The run's page; null outside of GitHub Actions.</param>
/// <param name="IsScheduled">Nobody is looking: a failure opens an issue. What a person started, they watch themselves.</param>
public sealed record IncidentContext(string Subject, string? RunAddress, bool IsScheduled);

/// <summary>
/// One open issue for as long as something that nobody watches fails: opened at the first failure, kept up to date by the next, closed
/// when it works again.
/// </summary>
public sealed class GitHubIncident(GitHubConnection connection, IncidentContext context) : IDisposable
{
    private readonly GitHubRestClient client = new(connection);
    private readonly string issues = $"repos/{connection.Repository}/issues";

    private string Mark => $"<!-- relayops: incident {context.Subject.Replace("--", "-", StringComparison.Ordinal)} -->";

    /// <summary>Tells GitHub how a run ended.</summary>
    /// <param name="report">Masked and neutralised.</param>
    /// <returns>What could not be told, as a sentence: the operation's own outcome stays what it is.</returns>
    public async Task<string?> TellAsync(OperationReport report, CancellationToken cancellationToken)
    {
        try
        {
            var open = (await client.ListAsync(Request(HttpMethod.Get, issues + "?state=open&per_page=100", "looking for the incident"),
                    GitHubJson.Default.IssueJsonArray, page => page, cancellationToken))
                .Where(issue => issue.PullRequest is null && issue.Body?.Contains(Mark, StringComparison.Ordinal) == true).MinBy(issue => issue.Number);
            if (report.ExitStatus == (int)ExitStatus.Done)
                await CloseAsync(open, cancellationToken);
            else if (open is not null)
                await ChangeAsync(open, new IssueChange(Body: Text(report)), "updating", cancellationToken);
            else if (context.IsScheduled)
                await OpenAsync(report, cancellationToken);
            return null;
        }
        catch (RelayOpsException e)
        {
            return $"{e.What}: {e.Why} ({e.Next})";
        }
    }

    public void Dispose() => client.Dispose();

    private async Task OpenAsync(OperationReport report, CancellationToken cancellationToken)
    {
        var issue = new NewIssue($"RelayOps: {context.Subject} fails", Text(report));
        await client.GetAsync(Request(HttpMethod.Post, issues, "opening the incident") with { Content = _ => GitHubJson.Content(issue) },
            GitHubJson.Default.IssueJson, cancellationToken);
    }

    private async Task CloseAsync(IssueJson? open, CancellationToken cancellationToken)
    {
        if (open is null)
            return;
        var comment = new NewComment($"It works again{At}.");
        using var response = await client.SendAsync(
            Request(HttpMethod.Post, $"{issues}/{open.Number}/comments", "telling the end of the incident") with { Content = _ => GitHubJson.Content(comment) },
            cancellationToken);
        await ChangeAsync(open, new IssueChange(State: "closed"), "closing", cancellationToken);
    }

    private Task<IssueJson> ChangeAsync(IssueJson issue, IssueChange change, string action, CancellationToken cancellationToken) =>
        client.GetAsync(Request(HttpMethod.Patch, $"{issues}/{issue.Number}", $"{action} the incident") with { Content = _ => GitHubJson.Content(change) },
            GitHubJson.Default.IssueJson, cancellationToken);

    private string Text(OperationReport report)
    {
        var error = report.Error;
        // Indented, so that nothing in it is a mention, a link or markup.
        return $"""
            {Mark}
            The last run failed{At}; this text is kept up to date, and the issue closes itself when a run succeeds.

                {report.StartedAt.ToUniversalTime():yyyy-MM-dd HH:mm} UTC, exit status {report.ExitStatus}
                {Neutral.Line(error?.What ?? report.Verdict)}
                why:  {Neutral.Line(error?.Why ?? "see the run")}
                next: {Neutral.Line(error?.Next ?? "see the run")}
            """;
    }

    private string At => context.RunAddress is { } address ? $": {address}" : "";

    private GitHubRequest Request(HttpMethod method, string address, string action) => new(method, address, $"{action} in {connection.Repository}");
}
