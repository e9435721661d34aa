using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace RelayOps.Adapters.Tests.Stores;

internal sealed partial class FakeGitHub
{
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
                ["documentation_url"] = "https://docs.github.com/rest",
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

    /// <summary>Of an asset or an artifact.</summary>
    public byte[]? FindContent(long id) =>
        Releases.SelectMany(release => release.Assets).FirstOrDefault(asset => asset.Id == id)?.Content ?? FindArtifact(id);

    /// <summary>Where assets really lie: it knows ranges, and refuses whoever sends it a token.</summary>
    private void ServeContent(HttpListenerContext context, long id)
    {
        // Prism, which stands before it then, follows with all it has.
        if (context.Request.Headers["Authorization"] is not null && PublicUrl == Url)
        {
            Send(context.Response, 400, Message("Only one auth mechanism allowed"));
            return;
        }

        var content = FindContent(id)!;
        var from = context.Request.Headers["Range"] is { } range ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;
        context.Response.StatusCode = from > 0 ? 206 : 200;
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength64 = content.Length - from;
        context.Response.OutputStream.Write(content.AsSpan(from));
    }
}
