using System.Globalization;
using Nuke.Common.IO;
using Nuke.Common.Tooling;

namespace Nuke.Common.CI.GitHubActions;

/// <summary>A run of GitHub Actions: what its environment says, and the commands that its log understands.</summary>
public class GitHubActions : Host, IBuildServer
{
    internal GitHubActions()
    {
    }

    public static new GitHubActions Instance => Host.Instance as GitHubActions;

    public string Home => Variable("HOME");

    public string Workflow => Variable("GITHUB_WORKFLOW");

    public string Action => Variable("GITHUB_ACTION");

    public string Actor => Variable("GITHUB_ACTOR");

    public string Repository => Variable("GITHUB_REPOSITORY");

    public string RepositoryOwner => Variable("GITHUB_REPOSITORY_OWNER");

    public string EventName => Variable("GITHUB_EVENT_NAME");

    public string EventPath => Variable("GITHUB_EVENT_PATH");

    public string Workspace => Variable("GITHUB_WORKSPACE");

    public string Sha => Variable("GITHUB_SHA");

    public string Ref => Variable("GITHUB_REF");

    public string RefName => Variable("GITHUB_REF_NAME");

    public string HeadRef => Variable("GITHUB_HEAD_REF");

    public string BaseRef => Variable("GITHUB_BASE_REF");

    public string RefType => Variable("GITHUB_REF_TYPE");

    public long RunAttempt => Number("GITHUB_RUN_ATTEMPT");

    public long RunNumber => Number("GITHUB_RUN_NUMBER");

    public long RunId => Number("GITHUB_RUN_ID");

    public string ServerUrl => Variable("GITHUB_SERVER_URL");

    public string Job => Variable("GITHUB_JOB");

    public string Token => Variable("GITHUB_TOKEN");

    public bool IsPullRequest => EventName == "pull_request";

    /// <summary>Markdown appended here is shown on the run's page.</summary>
    public AbsolutePath StepSummaryFile => Variable("GITHUB_STEP_SUMMARY");

    string IBuildServer.Branch => Ref;

    string IBuildServer.Commit => Sha;

    internal static bool IsRunningGitHubActions => EnvironmentInfo.HasVariable("GITHUB_ACTIONS");

    internal override bool SupportsAnsi => true;

    public void Group(string group) => WriteCommand("group", group);

    public void EndGroup(string group) => WriteCommand("endgroup", group);

    public void WriteDebug(string message) => WriteCommand("debug", message);

    public void WriteWarning(string message) => WriteCommand("warning", message);

    public void WriteError(string message) => WriteCommand("error", message);

    public void WriteCommand(string command, string message = null, Configure<Dictionary<string, object>> dictionaryConfigurator = null)
    {
        var properties = new Dictionary<string, object>();
        var text = string.Join(", ", (dictionaryConfigurator?.Invoke(properties) ?? properties).Select(pair => $"{pair.Key}={EscapedProperty(pair.Value.ToString())}"));
        Console.WriteLine($"::{command}{(text.Length > 0 ? " " : string.Empty)}{text}::{Escaped(message)}");
    }

    protected internal override IDisposable WriteBlock(string text)
    {
        Group(text);
        return new Block(() => EndGroup(text));
    }

    protected internal override void ReportWarning(string text, string details = null) => WriteWarning(text);

    protected internal override void ReportError(string text, string details = null) => WriteError(text);

    /// <remarks>A logged line that looks like a command is passed to the runner as one: never log what somebody else wrote at its start.</remarks>
    protected internal override bool FilterMessage(string message)
    {
        var isCommand = message.StartsWith("::", StringComparison.Ordinal) || message.StartsWith("##[", StringComparison.Ordinal);
        if (isCommand)
            Console.WriteLine(message);
        return isCommand;
    }

    private static string Variable(string name) => EnvironmentInfo.GetVariable(name);

    private static long Number(string name) => Variable(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static string Escaped(string data) => data?
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string EscapedProperty(string value) => Escaped(value)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
