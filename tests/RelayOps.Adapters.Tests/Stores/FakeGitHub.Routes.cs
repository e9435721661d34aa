using System.Net;
using System.Text.Json.Nodes;

namespace RelayOps.Adapters.Tests.Stores;

internal sealed partial class FakeGitHub
{
    private const string Repository = "/repos/o/r";

    private async Task RouteAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Url!.AbsolutePath;
        if (path.StartsWith("/storage/", StringComparison.Ordinal))
        {
            ServeContent(context, long.Parse(path["/storage/".Length..]));
            return;
        }

        if (request.Headers["Authorization"] is not { } authorization || authorization != "Bearer " + Token)
        {
            Send(response, request.Headers["Authorization"] is null ? 404 : 401, Message("Bad credentials"));
            return;
        }

        if (!path.StartsWith(Repository, StringComparison.Ordinal) || Visibility is null)
        {
            Send(response, 404, Message("Not Found"));
            return;
        }

        var parts = path[Repository.Length..].Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        await ReleaseRoutesAsync(context, request.HttpMethod, parts);
    }

    private async Task ReleaseRoutesAsync(HttpListenerContext context, string method, string[] parts)
    {
        switch (method, parts)
        {
            case ("GET", []):
                Send(context.Response, 200, RepositoryJson(7));
                break;
            case ("GET", ["releases"]):
                Page(context, [.. Releases.OrderByDescending(release => release.Id)]);
                break;
            case ("POST", ["releases"]):
                await CreateAsync(context);
                break;
            case ("GET", ["releases", "tags", var tag]):
                SendFound(context, Releases.FirstOrDefault(release => !release.Draft && release.Tag == tag));
                break;
            case ("GET", ["releases", "assets", var id]):
                Redirect(context, long.Parse(id));
                break;
            case ("DELETE", ["releases", "assets", var id]):
                DeleteAsset(context, long.Parse(id));
                break;
            case ("GET", ["releases", var id]):
                SendFound(context, Find(id));
                break;
            case ("PATCH", ["releases", var id]):
                await ChangeAsync(context, Find(id));
                break;
            case ("DELETE", ["releases", var id]):
                DeleteRelease(context, Find(id));
                break;
            case ("POST", ["releases", var id, "assets"]):
                await UploadAsync(context, Find(id));
                break;
            case ("DELETE", ["git", "refs", "tags", _]):
                Send(context.Response, 204, null);
                break;
            default:
                await ActionsRoutesAsync(context, method, parts);
                break;
        }
    }

    private FakeRelease? Find(string id) => Releases.FirstOrDefault(release => release.Id == long.Parse(id));

    private void Page(HttpListenerContext context, IReadOnlyList<FakeRelease> all)
    {
        var page = int.TryParse(context.Request.QueryString["page"], out var number) ? number : 1;
        if (page * PageSize < all.Count)
            context.Response.Headers["Link"] = $"<{PublicUrl}repos/o/r/releases?page={page + 1}>; rel=\"next\", <{PublicUrl}x>; rel=\"last\"";
        Send(context.Response, 200, new JsonArray([.. all.Skip((page - 1) * PageSize).Take(PageSize).Select(Json)]));
    }

    private async Task CreateAsync(HttpListenerContext context)
    {
        var given = (await JsonNode.ParseAsync(context.Request.InputStream))!;
        var release = Add(new FakeRelease { Tag = (string)given["tag_name"]!, Body = (string)given["body"]!, Draft = (bool)given["draft"]! });
        Send(context.Response, 201, Json(release));
    }

    private async Task ChangeAsync(HttpListenerContext context, FakeRelease? release)
    {
        var given = (await JsonNode.ParseAsync(context.Request.InputStream))!;
        if (release is not null && given["body"] is { } body)
            release.Body = (string)body!;
        if (release is not null && given["draft"] is { } draft)
        {
            release.Draft = (bool)draft;
            release.Immutable = ImmutableReleases;
        }

        SendFound(context, release);
    }

    private void DeleteRelease(HttpListenerContext context, FakeRelease? release)
    {
        if (release is { Immutable: true })
        {
            Send(context.Response, 422, Message("Cannot delete an immutable release"));
            return;
        }

        lock (gate)
            releases.RemoveAll(other => other == release);
        Send(context.Response, release is null ? 404 : 204, null);
    }

    private void SendFound(HttpListenerContext context, FakeRelease? release) =>
        Send(context.Response, release is null ? 404 : 200, release is null ? Message("Not Found") : Json(release));

    /// <summary>As it is told now.</summary>
    public JsonObject ReleaseJson(FakeRelease release) => Json(release);

    private JsonObject Json(FakeRelease release) => Record($"repos/o/r/releases/{release.Id}", release.Id, ["assets", "tarball", "zipball"], new JsonObject
    {
        ["tag_name"] = release.Tag,
        ["target_commitish"] = "main",
        ["name"] = release.Tag,
        ["body"] = release.Body,
        ["author"] = Person(),
        ["draft"] = release.Draft,
        ["prerelease"] = false,
        ["immutable"] = release.Immutable,
        ["created_at"] = release.CreatedAt.ToString("o"),
        ["published_at"] = release.Draft ? null : release.CreatedAt.ToString("o"),
        ["html_url"] = $"{PublicUrl}o/r/releases/tag/{release.Tag}",
        ["upload_url"] = $"{PublicUrl}repos/o/r/releases/{release.Id}/assets{{?name,label}}",
        ["assets"] = new JsonArray([.. release.Assets.Select(Json)]),
    });

    private JsonObject Json(FakeAsset asset) => Dated(Record($"repos/o/r/releases/assets/{asset.Id}", asset.Id, ["browser_download"], new JsonObject
    {
        ["name"] = asset.Name,
        ["label"] = null,
        ["uploader"] = Person(),
        ["content_type"] = "application/octet-stream",
        ["download_count"] = 0,
        ["state"] = asset.State,
        ["size"] = asset.Size,
        ["digest"] = TellsDigests && asset.State == "uploaded" ? asset.Digest : null,
    }));

    private static JsonObject Message(string text) => new() { ["message"] = text };
}
