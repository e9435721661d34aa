using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace RelayOps.Adapters.Tests.Stores;

internal sealed partial class FakeGitHub
{
    public List<FakeArtifact> Artifacts { get; } = [];

    public List<FakeIssue> Issues { get; } = [];

    public List<string> Environments { get; } = [];

    /// <summary>Of the environments that not every branch may deploy to: those that may.</summary>
    public Dictionary<string, List<string>> DeploymentBranches { get; } = [];

    /// <summary>Path and state.</summary>
    public Dictionary<string, string> Workflows { get; } = [];

    private byte[]? FindArtifact(long id) => Artifacts.FirstOrDefault(artifact => artifact.Id == id)?.Content;

    private async Task ActionsRoutesAsync(HttpListenerContext context, string method, string[] parts)
    {
        switch (method, parts)
        {
            case ("GET", ["actions", "artifacts"]):
                Send(context.Response, 200, new JsonObject { ["total_count"] = Artifacts.Count, ["artifacts"] = new JsonArray([.. Artifacts.Select(Json)]) });
                break;
            case ("GET", ["actions", "artifacts", var id, "zip"]):
                Redirect(context, long.Parse(id));
                break;
            case ("DELETE", ["actions", "artifacts", var id]):
                Send(context.Response, Artifacts.RemoveAll(artifact => artifact.Id == long.Parse(id)) > 0 ? 204 : 404, null);
                break;
            case ("GET", ["actions", "runs", var id]):
                SendRun(context, Artifacts.FirstOrDefault(artifact => artifact.RunId == long.Parse(id)));
                break;
            case ("GET", ["actions", "workflows"]):
                Send(context.Response, 200, new JsonObject { ["total_count"] = Workflows.Count, ["workflows"] = new JsonArray([.. Workflows.Select(Json)]) });
                break;
            default:
                await EnvironmentRoutesAsync(context, method, parts);
                break;
        }
    }

    private async Task EnvironmentRoutesAsync(HttpListenerContext context, string method, string[] parts)
    {
        switch (method, parts)
        {
            case ("GET", ["environments", var name]):
                Send(context.Response, Environments.Contains(name) ? 200 : 404, Environments.Contains(name) ? EnvironmentJson(name) : Message("Not Found"));
                break;
            case ("PUT", ["environments", var name]):
                Environments.Add(name);
                if ((await JsonNode.ParseAsync(context.Request.InputStream))?["deployment_branch_policy"]?["custom_branch_policies"]?.GetValue<bool>() == true)
                    DeploymentBranches[name] = [];
                Send(context.Response, 200, EnvironmentJson(name));
                break;
            case ("GET", ["environments", var name, "deployment-branch-policies"]):
                var branches = DeploymentBranches[name];
                Send(context.Response, 200, new JsonObject { ["total_count"] = branches.Count, ["branch_policies"] = new JsonArray([.. branches.Select(BranchJson)]) });
                break;
            case ("POST", ["environments", var name, "deployment-branch-policies"]):
                DeploymentBranches[name].Add((string)(await JsonNode.ParseAsync(context.Request.InputStream))!["name"]!);
                Send(context.Response, 200, BranchJson(DeploymentBranches[name][^1]));
                break;
            default:
                await IssueRoutesAsync(context, method, parts);
                break;
        }
    }

    private static JsonObject BranchJson(string name) => new() { ["id"] = 11, ["node_id"] = "N_11", ["name"] = name, ["type"] = "branch" };

    private async Task IssueRoutesAsync(HttpListenerContext context, string method, string[] parts)
    {
        var given = method == "GET" ? null : await JsonNode.ParseAsync(context.Request.InputStream);
        switch (method, parts)
        {
            case ("GET", ["issues"]):
                Send(context.Response, 200, new JsonArray([.. Issues.Where(issue => issue.State == "open").Select(Json)]));
                break;
            case ("POST", ["issues"]):
                Issues.Add(new FakeIssue { Number = Issues.Count + 1, Title = (string)given!["title"]!, Body = (string)given["body"]! });
                Send(context.Response, 201, Json(Issues[^1]));
                break;
            case ("POST", ["issues", var number, "comments"]):
                Issues[int.Parse(number) - 1].Comments.Add((string)given!["body"]!);
                Send(context.Response, 201, Dated(Record($"repos/o/r/issues/comments/{number}", 1, ["html", "issue"], new JsonObject { ["user"] = Person() })));
                break;
            case ("PATCH", ["issues", var number]):
                var changed = Issues[int.Parse(number) - 1];
                changed.State = (string?)given!["state"] ?? changed.State;
                changed.Body = (string?)given["body"] ?? changed.Body;
                Send(context.Response, 200, Json(changed));
                break;
            default:
                Send(context.Response, 404, Message("Not Found"));
                break;
        }
    }

    private void SendRun(HttpListenerContext context, FakeArtifact? artifact) =>
        Send(context.Response, artifact is null ? 404 : 200, artifact is null ? Message("Not Found") : RunJson(artifact));

    private JsonObject Json(FakeIssue issue) => Dated(Record($"repos/o/r/issues/{issue.Number}", issue.Number, ["comments", "events", "html", "labels", "repository"], new JsonObject
    {
        ["number"] = issue.Number,
        ["title"] = issue.Title,
        ["state"] = issue.State,
        ["body"] = issue.Body,
        ["user"] = Person(),
        ["comments"] = issue.Comments.Count,
        ["labels"] = new JsonArray(),
        ["locked"] = false,
        ["assignee"] = null,
        ["milestone"] = null,
        ["closed_at"] = issue.State == "open" ? null : Moment,
    }));

    private JsonObject Json(FakeArtifact artifact) => Dated(Record($"repos/o/r/actions/artifacts/{artifact.Id}", artifact.Id, ["archive_download"], new JsonObject
    {
        ["name"] = artifact.Name,
        ["size_in_bytes"] = artifact.Content.Length,
        ["expired"] = artifact.Expired,
        ["expires_at"] = "2025-11-03T14:30:00Z",
        ["digest"] = artifact.Digest,
        ["workflow_run"] = new JsonObject
        {
            ["id"] = artifact.RunId,
            ["repository_id"] = 7,
            ["head_repository_id"] = artifact.HeadRepository,
            ["head_branch"] = artifact.Branch,
        },
    }));
}

internal sealed class FakeArtifact
{
    public long Id { get; init; } = Random.Shared.Next(100_000, int.MaxValue);

    public required string Name { get; init; }

    public required byte[] Content { get; set; }

    public bool Expired { get; init; }

    public string? Digest { get; init; }

    public long RunId { get; init; } = Random.Shared.Next(100_000, int.MaxValue);

    public string Workflow { get; init; } = ".github/workflows/backup.yml";

    public string Event { get; init; } = "schedule";

    public string Branch { get; init; } = "main";

    public long HeadRepository { get; init; } = 7;
}

internal sealed class FakeIssue
{
    public required int Number { get; init; }

    public required string Title { get; init; }

    public string State { get; set; } = "open";

    public required string Body { get; set; }

    public List<string> Comments { get; } = [];
}
