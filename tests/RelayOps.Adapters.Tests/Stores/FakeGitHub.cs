using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace RelayOps.Adapters.Tests.Stores;

/// <summary>
/// GitHub's releases and artifacts as far as RelayOps uses them, in this process: keeps what it is given, answers as GitHub does, and
/// fails as it is told to.
/// </summary>
internal sealed partial class FakeGitHub : IDisposable
{
    private readonly HttpListener listener;
    private readonly ConcurrentQueue<Fault> faults = new();
    private readonly Lock gate = new();
    private readonly List<FakeRelease> releases = [];
    private readonly CancellationTokenSource stop = new();
    private long lastId = 1000;

    public FakeGitHub()
    {
        (listener, Url) = Listen();
        PublicUrl = Url;
        _ = Task.Run(ListenAsync);
    }

    public Uri Url { get; }

    /// <summary>What clients know it by; another one where something stands before it.</summary>
    public Uri PublicUrl { get; set; }

    public string Token { get; } = "ghs_" + Guid.NewGuid().ToString("N");

    public string? Visibility { get; set; } = "private";

    public bool ImmutableReleases { get; set; }

    /// <summary>Older servers tell no digest of an asset.</summary>
    public bool TellsDigests { get; set; } = true;

    /// <summary>Keeps size and digest of an asset alone, for what would not fit into memory.</summary>
    public bool KeepsContent { get; set; } = true;

    public int PageSize { get; set; } = 100;

    /// <summary>Every request, as <c>GET /path</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public IReadOnlyList<FakeRelease> Releases
    {
        get
        {
            lock (gate)
                return [.. releases];
        }
    }

    /// <summary>The next requests whose method and path contain the text fail, one for each fault.</summary>
    public void Fail(Fault fault) => faults.Enqueue(fault);

    public FakeRelease Add(FakeRelease release)
    {
        lock (gate)
        {
            releases.Add(release);
            release.Id = ++lastId;
            foreach (var asset in release.Assets)
                asset.Id = ++lastId;
        }

        return release;
    }

    /// <summary>As new, at the same address.</summary>
    public void Forget()
    {
        lock (gate)
            releases.Clear();
        Artifacts.Clear();
        Issues.Clear();
        Environments.Clear();
        DeploymentBranches.Clear();
        Workflows.Clear();
        Requests.Clear();
        faults.Clear();
        (Visibility, ImmutableReleases, TellsDigests, PageSize) = ("private", false, true, 100);
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Close();
        stop.Dispose();
    }

    /// <summary>A listener that could not start is of no use any more, so that every port gets one of its own.</summary>
    internal static (HttpListener Listener, Uri Url) Listen()
    {
        while (true)
        {
            var url = new Uri($"http://127.0.0.1:{Random.Shared.Next(20_000, 32_000)}/");
            var listener = new HttpListener();
            listener.Prefixes.Add(url.ToString());
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (HttpListenerException)
            {
                // Taken: another one.
                listener.Close();
            }
        }
    }

    private async Task ListenAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Requests.Enqueue($"{request.HttpMethod} {request.RawUrl}");
        response.Headers["Date"] = DateTimeOffset.UtcNow.ToString("r");
        try
        {
            var fault = faults.TryPeek(out var next) && $"{request.HttpMethod} {request.RawUrl}".Contains(next.Where, StringComparison.Ordinal) && faults.TryDequeue(out next) ? next : null;
            if (fault is null || !await fault.Do(context, stop.Token))
                await RouteAsync(context);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client hung up, or the test is over.
        }
        catch (Exception e)
        {
            Send(response, 500, new JsonObject { ["message"] = e.ToString() });
        }
        finally
        {
            try
            {
                response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                response.Abort();
            }
        }
    }

    public static void Send(HttpListenerResponse response, int status, JsonNode? body)
    {
        response.StatusCode = status;
        if (body is null)
            return;
        response.ContentType = "application/json; charset=utf-8";
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        response.ContentLength64 = bytes.Length;
        response.OutputStream.Write(bytes);
    }
}
