using System.Net;
using RelayOps.Core;
using RelayOps.Core.Reporting;
using RelayOps.Core.Stores;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>Turns what GitHub answers into what an operator can act on.</summary>
internal static class GitHubFailure
{
    private const int LongestMessage = 300;

    /// <param name="action">E.g. <c>creating release x in o/r</c>.</param>
    public static RelayOpsException Answer(string action, HttpStatusCode status, string message)
    {
        var (what, why) = ($"{action} failed", $"GitHub answered {(int)status}: {Neutral.Line(message, LongestMessage)}");
        return status switch
        {
            HttpStatusCode.Unauthorized => new RelayOpsException(what, why, "set GITHUB_TOKEN to a token that is valid", ExitStatus.NoConnection),
            HttpStatusCode.Forbidden => new RelayOpsException(what, why,
                "give the token the permission: contents: write for releases, actions: read for artifacts, issues: write for the incident", ExitStatus.WrongUse),
            HttpStatusCode.NotFound => new RelayOpsException(what, why,
                "check --repository and the token's permissions; a workflow's own token also gets this for a release of a commit that changes workflows",
                ExitStatus.WrongUse),
            >= HttpStatusCode.InternalServerError => new RelayOpsException(what, why, "see https://www.githubstatus.com, then run the same command again",
                ExitStatus.NoConnection)
            { IsTransient = true },
            _ => new RelayOpsException(what, why, "see GitHub's message"),
        };
    }

    public static RelayOpsException Unreachable(string action, Exception error) =>
        new($"{action} failed", $"the connection to GitHub: {Neutral.Line(error.Message, LongestMessage)}",
            "check the network and --github-api-url, then run the same command again", ExitStatus.NoConnection, error)
        { IsTransient = true };

    public static RelayOpsException Limited(string action, TimeSpan wait) =>
        new($"{action} failed", $"GitHub's rate limit lasts another {Figures.Duration(wait)}", "run the same command again after that", ExitStatus.NoConnection);

    public static RelayOpsException Gone(GitHubRepository repository, string archive) =>
        new($"the archive '{archive}' is gone", $"{repository} has no such release or artifact any more", "run the List target to see the backups there are",
            ExitStatus.BadBackup);
}
