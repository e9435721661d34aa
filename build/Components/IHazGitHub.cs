using Nuke.Common;

/// <summary>The repository whose releases and artifacts are stores.</summary>
internal interface IHazGitHub : INukeBuild
{
    [Parameter("owner/name on GitHub, for the stores release and artifact. Default: the workflow's own")]
    string? Repository => TryGetValue(() => Repository);

    [Parameter("Token for GitHub"), Secret]
    string? GithubToken => TryGetValue(() => GithubToken);

    [Parameter("GitHub's API, e.g. https://ghe.example.org/api/v3. Default: the workflow's own, else https://api.github.com")]
    string? GithubApiUrl => TryGetValue(() => GithubApiUrl);

    [Parameter("Sends an unencrypted backup to a repository that is known to be private")]
    bool AllowPlaintext => TryGetValue<bool?>(() => AllowPlaintext) ?? false;

    [Parameter("Opens an issue when a scheduled run fails and closes it when one succeeds; true or false. Default: true in GitHub Actions")]
    bool? Incident => TryGetValue<bool?>(() => Incident);

    [Parameter("Opens and closes no issue, as --incident false does")]
    bool NoIncident => TryGetValue<bool?>(() => NoIncident) ?? false;
}
