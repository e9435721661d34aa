using System.Collections.Immutable;
using RelayOps.Core.Stores;

namespace RelayOps.Core.Operations.Doctor;

/// <summary>The repository whose releases and artifacts keep backups, and whose workflows make them.</summary>
internal static class GitHubChecks
{
    public static ImmutableArray<DoctorCheck> All { get; } =
    [
        DoctorCheck.Gate("github.repository", "backups go to it, and workflows come from it", facts => facts.GitHub, Reachable),
        Check("token", "without one GitHub shows public things alone, and takes nothing", github => github.HasToken ? Judgement.Passed("GITHUB_TOKEN is set")
            : Judgement.Error("there is no token", "set GITHUB_TOKEN: contents: write for releases, actions: read for artifacts")),
        Check("permission", "a release is made by whoever may write", github => github.CanWrite switch
        {
            true => Judgement.Passed("its owner may write"),
            false => Judgement.Error($"the token's owner may not write to {github.Exposure.Repository}", "give the token contents: write"),
            null => Judgement.NotChecked("GitHub does not say what this token may"),
        }),
        Check("visibility", "a public repository's releases are everybody's, and its artifacts every signed-in user's", Visibility),
        Check("schedule", "GitHub switches schedules off after 60 idle days, without a word", Schedule),
    ];

    private static DoctorCheck Check(string name, string why, Func<GitHubFacts, Judgement> judge) => DoctorCheck.Of($"github.{name}", why, facts => facts.GitHub, judge);

    private static Judgement Reachable(GitHubFacts github) => github.Exposure.Visibility == RepositoryVisibility.Unknown
        ? Judgement.Error($"{github.Exposure.Repository} cannot be looked at: {github.Exposure.Why ?? "GitHub did not say why"}", "check --repository, --github-api-url and the token's permissions")
        : Judgement.Passed($"{github.Exposure.Repository}");

    private static Judgement Visibility(GitHubFacts github)
    {
        if (!github.HasStore)
            return Judgement.Passed("no backup goes there");
        try
        {
            GitHubExposure.Require("release", github.Exposure, github.IsEncrypting, github.AllowsPlaintext);
            if (github.Exposure.Visibility == RepositoryVisibility.Unknown)
                return Judgement.NotChecked($"{github.Exposure.Repository} cannot be looked at: {github.Exposure.Why ?? "GitHub did not say why"}; backups are encrypted");
            return Judgement.Passed($"{github.Exposure.Visibility.ToString().ToLowerInvariant()}, {(github.IsEncrypting ? "and backups are encrypted" : "and --allow-plaintext accepts that")}");
        }
        catch (RelayOpsException refused)
        {
            return Judgement.Error(refused.Why, refused.Next);
        }
    }

    private static Judgement Schedule(GitHubFacts github)
    {
        if (github.Workflows is not { } workflows)
            return Judgement.NotChecked("the workflows cannot be listed: the token needs actions: read");
        var off = workflows.Where(workflow => workflow.Value != "active").Select(workflow => $"{workflow.Key} ({workflow.Value})").Order(StringComparer.Ordinal).ToList();
        return off.Count > 0 ? Judgement.Warning($"switched off: {string.Join(", ", off)}", "gh workflow enable, or the Actions page; run Status from a second place")
            : Judgement.Passed(workflows.IsEmpty ? "it has no workflows" : $"{workflows.Count} active");
    }
}
