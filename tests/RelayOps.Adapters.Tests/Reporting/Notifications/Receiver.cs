using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RelayOps.Adapters.Tests.Reporting.Notifications;

/// <summary>What a notifier was sent.</summary>
internal sealed record Received(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A web server on loopback that keeps what it is sent and answers as it is told to.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener listener;
    private readonly Task listening;

    public Receiver()
    {
        (listener, Url) = Listen();
        listening = Task.Run(ListenAsync);
    }

    public Uri Url { get; }

    public ConcurrentQueue<Received> Requests { get; } = new();

    public (int Status, string Body) Answer { get; set; } = (200, """{"ok":true,"code":0,"errcode":0,"msg":"success","errmsg":"ok"}""");

    /// <summary>Answers only when this has ended.</summary>
    public Task Until { get; set; } = Task.CompletedTask;

    public void Dispose()
    {
        listener.Close();
        listening.Wait();
    }

    private static (HttpListener Listener, Uri Url) Listen()
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            var listener = new HttpListener { Prefixes = { url } };
            try
            {
                listener.Start();
                return (listener, new Uri(url));
            }
            catch (HttpListenerException)
            {
                // Somebody else took the port meanwhile: the next one.
                listener.Close();
            }
        }
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // Closed.
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var headers = context.Request.Headers.AllKeys.OfType<string>().ToDictionary(key => key, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase);
            var url = context.Request.Url!;
            Requests.Enqueue(new Received(context.Request.HttpMethod, url.AbsolutePath, url.Query.TrimStart('?'), headers, body.ToArray()));
            await Until;
            context.Response.StatusCode = Answer.Status;
            if (Answer.Status is >= 300 and < 400)
                context.Response.RedirectLocation = Url + "elsewhere";
            try
            {
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer.Body));
                context.Response.Close();
            }
            catch (HttpListenerException)
            {
                // Who asked has given up: that is what its test is about.
            }
        }
    }
}
