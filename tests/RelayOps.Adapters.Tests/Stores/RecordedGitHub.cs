using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RelayOps.Testing;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>Answers as GitHub did while <c>@octokit/fixtures</c> was recorded, each exchange once and in its order.</summary>
internal sealed class RecordedGitHub : IDisposable
{
    private static readonly string[] Hosts = ["https://api.github.com", "https://uploads.github.com", "https://codeload.github.com"];

    private readonly HttpListener listener;
    private readonly List<JsonObject> recorded;

    private RecordedGitHub(List<JsonObject> recorded)
    {
        this.recorded = recorded;
        (listener, Url) = FakeGitHub.Listen();
        _ = Task.Run(ListenAsync);
    }

    /// <summary>All of GitHub's hosts in one.</summary>
    public Uri Url { get; }

    /// <summary>What was asked, beside what was asked when it was recorded; null for what nobody asked then.</summary>
    public ConcurrentQueue<(AskedRequest Asked, JsonObject? Recorded)> Exchanges { get; } = new();

    public static async Task<RecordedGitHub> PlayAsync(string scenario)
    {
        await NodePackages.EnsureAsync(CancellationToken.None);
        var file = Path.Combine(NodePackages.Directory, "node_modules", "@octokit", "fixtures", "scenarios", "api.github.com", scenario, "normalized-fixture.json");
        return new RecordedGitHub([.. JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsArray().Select(exchange => exchange!.AsObject())]);
    }

    public void Dispose() => listener.Close();

    private async Task ListenAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                await AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var asked = await AskedRequest.OfAsync(context.Request);
        var exchange = recorded.FirstOrDefault(exchange => asked.Is((string)exchange["method"]!, (string)exchange["path"]!));
        Exchanges.Enqueue((asked, exchange));
        if (exchange is null)
        {
            FakeGitHub.Send(context.Response, 404, new JsonObject { ["message"] = "nobody asked that when it was recorded" });
        }
        else
        {
            recorded.Remove(exchange);
            Repeat(context.Response, exchange);
        }

        context.Response.Close();
    }

    private void Repeat(HttpListenerResponse response, JsonObject exchange)
    {
        response.StatusCode = (int)exchange["status"]!;
        foreach (var name in new[] { "content-type", "link", "location" })
        {
            if ((string?)exchange["headers"]![name] is { } value)
                response.Headers[name] = Local(value);
        }

        var body = exchange["response"] switch
        {
            JsonValue text when (bool)exchange["responseIsBinary"]! => Convert.FromHexString((string)text!),
            JsonValue text => Encoding.UTF8.GetBytes((string)text!),
            var json => Encoding.UTF8.GetBytes(Local(json!.ToJsonString())),
        };
        response.ContentLength64 = body.Length;
        response.OutputStream.Write(body);
    }

    private string Local(string text) => Hosts.Aggregate(text, (all, host) => all.Replace(host, Url.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal));
}

internal sealed record AskedRequest(string Method, string Path, string? Accept, string? Authorization, byte[] Body)
{
    public static async Task<AskedRequest> OfAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        return new AskedRequest(request.HttpMethod, request.RawUrl!, request.Headers["Accept"], request.Headers["Authorization"], body.ToArray());
    }

    /// <summary>The label of an asset is nothing that RelayOps sends.</summary>
    public bool Is(string method, string path) => Method.Equals(method, StringComparison.OrdinalIgnoreCase) && Path == path.Replace("&label=test", "", StringComparison.Ordinal);
}
