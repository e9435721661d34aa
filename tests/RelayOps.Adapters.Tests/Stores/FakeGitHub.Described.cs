using System.Text.Json.Nodes;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>What GitHub's own description wants in an answer beside what RelayOps reads of it.</summary>
internal sealed partial class FakeGitHub
{
    private const string Moment = "2025-08-05T14:30:00Z";

    private static readonly string[] AddressesOfPerson = Names(
        "avatar events followers following gists html organizations received_events repos starred subscriptions");

    private static readonly string[] AddressesOfRepository = Names(
        """
        archive assignees blobs branches clone collaborators comments commits compare contents contributors deployments downloads events forks git git_commits
        git_refs git_tags hooks html issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases ssh stargazers statuses
        subscribers subscription svn tags teams trees
        """);

    private static readonly string[] CountsOfRepository = Names(
        "forks forks_count network_count open_issues open_issues_count size stargazers_count subscribers_count watchers watchers_count");

    private static readonly string[] SwitchesOfRepository = Names("archived disabled fork has_discussions has_issues has_pages has_projects has_wiki");

    private static readonly string[] BlanksOfRepository = Names("description homepage language license mirror_url");

    private static readonly string[] AddressesOfRun = Names("artifacts cancel check_suite html jobs logs rerun workflow");

    private JsonObject Person() => Record("users/p", 3, AddressesOfPerson, new JsonObject { ["login"] = "p", ["gravatar_id"] = "", ["type"] = "User", ["site_admin"] = false });

    public JsonObject RepositoryJson(long id)
    {
        var repository = Record("repos/o/r", id, AddressesOfRepository, new JsonObject
        {
            ["name"] = "r",
            ["full_name"] = "o/r",
            ["owner"] = Person(),
            ["visibility"] = Visibility,
            ["private"] = Visibility != "public",
            ["default_branch"] = "main",
            ["pushed_at"] = Moment,
            ["permissions"] = new JsonObject { ["admin"] = false, ["push"] = true, ["pull"] = true },
        });
        foreach (var count in CountsOfRepository)
            repository[count] = 0;
        foreach (var name in SwitchesOfRepository)
            repository[name] = false;
        foreach (var blank in BlanksOfRepository)
            repository[blank] = null;
        return Dated(repository);
    }

    private JsonObject RunJson(FakeArtifact artifact) => Dated(Record($"repos/o/r/actions/runs/{artifact.RunId}", artifact.RunId, AddressesOfRun, new JsonObject
    {
        ["path"] = artifact.Workflow,
        ["event"] = artifact.Event,
        ["head_branch"] = artifact.Branch,
        ["repository"] = RepositoryJson(7),
        ["head_repository"] = RepositoryJson(artifact.HeadRepository),
        ["run_number"] = 1,
        ["display_title"] = "Backup",
        ["status"] = "completed",
        ["conclusion"] = "success",
        ["head_sha"] = "acb5820ced9479c074f688cc328bf03f341a511d",
        ["head_commit"] = null,
        ["workflow_id"] = 5,
        ["pull_requests"] = new JsonArray(),
    }));

    private JsonObject EnvironmentJson(string name) => Dated(Record($"repos/o/r/environments/{name}", 9, ["html"], new JsonObject
    {
        ["name"] = name,
        ["deployment_branch_policy"] = DeploymentBranches.ContainsKey(name) ? new JsonObject { ["protected_branches"] = false, ["custom_branch_policies"] = true } : null,
    }));

    private JsonObject Json(KeyValuePair<string, string> workflow) => Dated(Record("repos/o/r/actions/workflows/5", 5, ["html", "badge"], new JsonObject
    {
        ["name"] = "Backup",
        ["path"] = workflow.Key,
        ["state"] = workflow.Value,
    }));

    /// <summary>Something with an address and numbers of its own.</summary>
    private JsonObject Record(string path, long id, string[] addresses, JsonObject record)
    {
        record["id"] = id;
        record["node_id"] = $"N_{id}";
        record["url"] = $"{PublicUrl}{path}";
        foreach (var name in addresses)
            record[$"{name}_url"] = $"{PublicUrl}{path}/{name}";
        return record;
    }

    private static JsonObject Dated(JsonObject record)
    {
        record["created_at"] ??= Moment;
        record["updated_at"] = Moment;
        return record;
    }

    private static string[] Names(string text) => text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
