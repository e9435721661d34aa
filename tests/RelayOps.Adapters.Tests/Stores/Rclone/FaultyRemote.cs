using System.Net;
using RelayOps.Testing.Rclone;

namespace RelayOps.Adapters.Tests.Stores.Rclone;

/// <summary>Stands before a webdav server and spoils what a test asks it to spoil.</summary>
internal sealed class FaultyRemote : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
    private readonly Uri behind;
    private readonly Task serving;

    public FaultyRemote(Uri behind)
    {
        this.behind = behind;
        var port = RcloneServer.FreePort();
        Remote = $":webdav,url='http://127.0.0.1:{port}':";
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>As for <c>--store rclone:</c>, without a path.</summary>
    public string Remote { get; }

    /// <summary>The status that an upload of an archive gets; null when it goes through.</summary>
    public HttpStatusCode? RefusedUpload { get; set; }

    /// <summary>The status that a record gets; null when it goes through.</summary>
    public HttpStatusCode? RefusedRecord { get; set; }

    /// <summary>The end of a name whose upload is refused; null when each goes through.</summary>
    public string? RefusedPart { get; set; }

    /// <summary>Names of archives and parts that were sent, in their order.</summary>
    public List<string> SentNames { get; } = [];

    /// <summary>How many uploads of an archive break off in their middle.</summary>
    public int CutUploads { get; set; }

    /// <summary>
    /// Uploads are read to their end, and the connection is closed instead of answered. How often rclone begins anew is its own choice then, and not
    /// that of the network, which may tell a sender of a closed connection or of one that was reset.
    /// </summary>
    public bool LeavesUploadsUnanswered { get; set; }

    /// <summary>How many archives were sent.</summary>
    public int Uploads { get; private set; }

    /// <summary>How many requests are told to come again later.</summary>
    public int Throttled { get; set; }

    /// <summary>How many downloads of an archive break off in their middle.</summary>
    public int CutDownloads { get; set; }

    /// <summary>How many archives were asked for.</summary>
    public int Downloads { get; private set; }

    /// <summary>Answers to everything with this; null when it does not.</summary>
    public HttpStatusCode? Refusal { get; set; }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
        client.Dispose();
    }

    private async Task ServeAsync()
    {
        var answering = new List<Task>();
        try
        {
            while (true)
                answering.Add(AnswerAsync(await listener.GetContextAsync()));
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It was closed.
        }

        await Task.WhenAll(answering);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Url!.AbsolutePath;
        var isArchive = path.Contains(".tar.", StringComparison.Ordinal) && !path.EndsWith(".parts", StringComparison.Ordinal);
        if (request.HttpMethod == "PUT" && isArchive)
            SentNames.Add(path[(path.LastIndexOf('/') + 1)..]);
        try
        {
            if (Find(request, isArchive) is { } refused)
            {
                await request.InputStream.CopyToAsync(Stream.Null);
                response.StatusCode = (int)refused;
                response.Close();
                return;
            }

            if (request.HttpMethod == "PUT" && isArchive && (++Uploads <= CutUploads || LeavesUploadsUnanswered))
            {
                if (LeavesUploadsUnanswered)
                    await request.InputStream.CopyToAsync(Stream.Null);
                else
                    await request.InputStream.ReadExactlyAsync(new byte[100_000]);
                response.Abort();
                return;
            }

            using var answer = await ForwardAsync(request);
            response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Content.Headers.Where(header => header.Key is not "Content-Length"))
                response.Headers[name] = string.Join(',', values);
            var body = await answer.Content.ReadAsByteArrayAsync();
            if (request.HttpMethod == "GET" && isArchive && ++Downloads <= CutDownloads)
            {
                response.ContentLength64 = body.Length;
                await response.OutputStream.WriteAsync(body.AsMemory(0, body.Length / 2));
                await response.OutputStream.FlushAsync();
                response.Abort();
                return;
            }

            response.ContentLength64 = request.HttpMethod == "HEAD" ? answer.Content.Headers.ContentLength ?? 0 : body.Length;
            if (request.HttpMethod != "HEAD")
                await response.OutputStream.WriteAsync(body);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The other side has hung up.
        }
    }

    /// <summary>What it is refused with; null where it is not.</summary>
    private HttpStatusCode? Find(HttpListenerRequest request, bool isArchive)
    {
        if (Throttled > 0)
        {
            Throttled--;
            return HttpStatusCode.TooManyRequests;
        }

        if (request.HttpMethod == "PUT" && RefusedPart is { } end && request.Url!.AbsolutePath.EndsWith(end, StringComparison.Ordinal))
            return HttpStatusCode.InsufficientStorage;
        return Refusal ?? (request.HttpMethod != "PUT" ? null : isArchive ? RefusedUpload
            : request.Url!.AbsolutePath.EndsWith(".json", StringComparison.Ordinal) ? RefusedRecord : null);
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpListenerRequest request)
    {
        using var forwarded = new HttpRequestMessage(new HttpMethod(request.HttpMethod), new Uri(behind, request.RawUrl));
        forwarded.Content = new StreamContent(request.InputStream);
        foreach (var name in request.Headers.AllKeys.OfType<string>().Where(name => name is not ("Connection" or "Transfer-Encoding" or "Expect")))
        {
            if (!forwarded.Headers.TryAddWithoutValidation(name, request.Headers[name]))
                forwarded.Content.Headers.TryAddWithoutValidation(name, request.Headers[name]);
        }

        return await client.SendAsync(forwarded);
    }
}
