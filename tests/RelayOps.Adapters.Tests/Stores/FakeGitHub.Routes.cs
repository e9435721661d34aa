using System.Net;
using System.Security.Cryptography;
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
                Send(context.Response, 200, new JsonObject { ["id"] = 7, ["visibility"] = Visibility, ["private"] = Visibility != "public", ["default_branch"] = "main" });
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
            context.Response.Headers["Link"] = $"<{Url}repos/o/r/releases?page={page + 1}>; rel=\"next\", <{Url}x>; rel=\"last\"";
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

    private async Task UploadAsync(HttpListenerContext context, FakeRelease? release)
    {
        var name = context.Request.QueryString["name"]!;
        if (release is null or { Immutable: true })
        {
            Send(context.Response, release is null ? 404 : 422, Message("no"));
            return;
        }

        if (release.Assets.Any(asset => asset.Name == name))
        {
            Send(context.Response, 422, new JsonObject
            {
                ["message"] = "Validation Failed",
                ["errors"] = new JsonArray(new JsonObject { ["resource"] = "ReleaseAsset", ["code"] = "already_exists", ["field"] = "name" }),
            });
            return;
        }

        // As GitHub does: under its name from the first byte on.
        var asset = new FakeAsset { Name = name, State = "starter", Id = Interlocked.Increment(ref lastId) };
        release.Assets.Add(asset);
        if (!KeepsContent)
        {
            asset.Weighed = (context.Request.ContentLength64, "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(context.Request.InputStream)));
            asset.State = "uploaded";
            Send(context.Response, 201, Json(asset));
            return;
        }

        using var content = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(content);
        if (content.Length != context.Request.ContentLength64)
            return;
        (asset.Content, asset.State) = (content.ToArray(), "uploaded");
        Send(context.Response, 201, Json(asset));
    }

    private void DeleteAsset(HttpListenerContext context, long id)
    {
        var removed = Releases.Where(release => !release.Immutable).Sum(release => release.Assets.RemoveAll(asset => asset.Id == id));
        Send(context.Response, removed > 0 ? 204 : 404, null);
    }

    private void Redirect(HttpListenerContext context, long id)
    {
        if (FindContent(id) is null)
        {
            Send(context.Response, 404, Message("Not Found"));
            return;
        }

        context.Response.StatusCode = 302;
        context.Response.Headers["Location"] = $"{Url}storage/{id}";
    }

    private byte[]? FindContent(long id) =>
        Releases.SelectMany(release => release.Assets).FirstOrDefault(asset => asset.Id == id)?.Content ?? FindArtifact(id);

    /// <summary>Where assets really lie: it knows ranges, and refuses whoever sends it a token.</summary>
    private void ServeContent(HttpListenerContext context, long id)
    {
        if (context.Request.Headers["Authorization"] is not null)
        {
            Send(context.Response, 400, Message("Only one auth mechanism allowed"));
            return;
        }

        var content = FindContent(id)!;
        var from = context.Request.Headers["Range"] is { } range ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;
        context.Response.StatusCode = from > 0 ? 206 : 200;
        context.Response.ContentLength64 = content.Length - from;
        context.Response.OutputStream.Write(content.AsSpan(from));
    }

    private void SendFound(HttpListenerContext context, FakeRelease? release) =>
        Send(context.Response, release is null ? 404 : 200, release is null ? Message("Not Found") : Json(release));

    private JsonObject Json(FakeRelease release) => new()
    {
        ["id"] = release.Id,
        ["tag_name"] = release.Tag,
        ["name"] = release.Tag,
        ["body"] = release.Body,
        ["draft"] = release.Draft,
        ["immutable"] = release.Immutable,
        ["created_at"] = release.CreatedAt.ToString("o"),
        ["url"] = $"{Url}repos/o/r/releases/{release.Id}",
        ["html_url"] = $"{Url}o/r/releases/tag/{release.Tag}",
        ["upload_url"] = $"{Url}repos/o/r/releases/{release.Id}/assets{{?name,label}}",
        ["assets"] = new JsonArray([.. release.Assets.Select(Json)]),
    };

    private JsonObject Json(FakeAsset asset) => new()
    {
        ["id"] = asset.Id,
        ["name"] = asset.Name,
        ["state"] = asset.State,
        ["size"] = asset.Size,
        ["digest"] = TellsDigests && asset.State == "uploaded" ? asset.Digest : null,
    };

    private static JsonObject Message(string text) => new() { ["message"] = text };
}
