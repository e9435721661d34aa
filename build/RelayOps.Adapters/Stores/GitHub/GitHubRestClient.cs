using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RelayOps.Adapters.Stores.GitHub;

/// <summary>One request to GitHub's REST API.</summary>
/// <param name="Action">In the operator's words, for errors: <c>listing the releases of o/r</c>.</param>
/// <param name="Address">Relative to the API, or absolute where GitHub gave it.</param>
internal sealed record GitHubRequest(HttpMethod Method, string Address, string Action)
{
    /// <summary>Made anew for each attempt.</summary>
    public Func<StallGuard, HttpContent>? Content { get; init; }

    public string Accept { get; init; } = "application/vnd.github+json";

    /// <summary>Of a download that is taken up again: the first byte wanted.</summary>
    public long From { get; init; }

    /// <summary>Whether a request that may have been carried out is sent again; never for what makes something new.</summary>
    public bool MayRepeat => Method != HttpMethod.Post;
}

/// <summary>Speaks to GitHub over plain HTTP: waits for rate limits, repeats what may be repeated, and never buffers a body.</summary>
internal sealed class GitHubRestClient : IDisposable
{
    private const int Attempts = 5;

    private readonly GitHubConnection connection;
    private readonly HttpClient http;

    public GitHubRestClient(GitHubConnection connection)
    {
        this.connection = connection;
        // It follows redirects to where assets really lie, and leaves the token behind when it does.
        http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = new Uri(connection.ApiUrl.AbsoluteUri.TrimEnd('/') + '/'),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("RelayOps", null));
        http.DefaultRequestHeaders.Add("X-GitHub-Api-Version", "2022-11-28");
    }

    public GitHubConnection Connection => connection;

    /// <returns>Null where GitHub answers that there is no such thing.</returns>
    public async Task<T?> FindAsync<T>(GitHubRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        using var response = await SendAsync(request, cancellationToken, HttpStatusCode.NotFound);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(request, response, type, cancellationToken);
    }

    public async Task<T> GetAsync<T>(GitHubRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(request, response, type, cancellationToken);
    }

    /// <summary>Every page of a list. GitHub names the next one in a header.</summary>
    public async Task<IReadOnlyList<TItem>> ListAsync<TPage, TItem>(
        GitHubRequest first, JsonTypeInfo<TPage> type, Func<TPage, IReadOnlyList<TItem>> items, CancellationToken cancellationToken)
    {
        var all = new List<TItem>();
        for (GitHubRequest? request = first; request is not null;)
        {
            using var response = await SendAsync(request, cancellationToken);
            all.AddRange(items(await ReadAsync(request, response, type, cancellationToken)));
            request = LinkHeader.FindNext(response) is { } next ? first with { Address = next } : null;
        }

        return all;
    }

    public async Task DeleteAsync(GitHubRequest request, CancellationToken cancellationToken, params HttpStatusCode[] also)
    {
        using var response = await SendAsync(request, cancellationToken, also);
    }

    /// <summary>The answer with its body still on the way.</summary>
    /// <param name="also">Statuses that the caller understands, beside success.</param>
    public async Task<HttpResponseMessage> SendAsync(GitHubRequest request, CancellationToken cancellationToken, params HttpStatusCode[] also)
    {
        var waited = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            var (response, error) = await TryAsync(request, cancellationToken);
            if (response is { IsSuccessStatusCode: true } || (response is not null && also.Contains(response.StatusCode)))
                return response;

            using var failed = response;
            var message = failed is null ? "" : (await ReadErrorAsync(failed, cancellationToken)).Message;
            var limit = failed is null ? null : RateLimit.Find(failed, message, connection.Time.GetUtcNow());
            var failure = failed is null ? GitHubFailure.Unreachable(request.Action, error!) : GitHubFailure.Answer(request.Action, failed.StatusCode, message);
            if (limit is { } wait && (waited += wait) > connection.LongestWait)
                throw GitHubFailure.Limited(request.Action, wait);
            // A refusal for its rate did nothing, so that even what makes something new may be sent again.
            if (limit is null && (!failure.IsTransient || !request.MayRepeat || attempt == Attempts))
                throw failure;
            await connection.WaitAsync(limit ?? TimeSpan.FromSeconds(Math.Pow(2, attempt - 1)), cancellationToken);
        }
    }

    /// <summary>Of an answer that is none of success.</summary>
    public async Task<GitHubError> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var guard = new StallGuard(connection, cancellationToken);
        try
        {
            var buffer = new byte[16 * 1024];
            await using var body = await response.Content.ReadAsStreamAsync(guard.Token);
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, guard.Token);
            return GitHubJson.Error(buffer.AsSpan(0, length));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && guard.HasStalled))
        {
            // The status alone has to do.
            return new GitHubError(response.ReasonPhrase ?? "", []);
        }
    }

    private async Task<(HttpResponseMessage? Response, Exception? Error)> TryAsync(GitHubRequest request, CancellationToken cancellationToken)
    {
        using var guard = new StallGuard(connection, cancellationToken);
        using var message = new HttpRequestMessage(request.Method, request.Address) { Content = request.Content?.Invoke(guard) };
        message.Headers.Accept.ParseAdd(request.Accept);
        if (connection.Token is { Length: > 0 } token)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.From > 0)
            message.Headers.Range = new RangeHeaderValue(request.From, null);
        try
        {
            return (await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, guard.Token), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // What the archive's own store said counts more than that the upload ended.
            return e.InnerException is Core.RelayOpsException known ? throw known : (null, e);
        }
        catch (OperationCanceledException e) when (guard.HasStalled)
        {
            return (null, new TimeoutException($"nothing moved for {connection.StallTimeout.TotalSeconds:0} s", e));
        }
    }

    private async Task<T> ReadAsync<T>(GitHubRequest request, HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var guard = new StallGuard(connection, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(guard.Token);
            return await JsonSerializer.DeserializeAsync(body, type, guard.Token) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw GitHubFailure.Answer(request.Action, response.StatusCode, "it cannot be read: " + e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && guard.HasStalled))
        {
            throw GitHubFailure.Unreachable(request.Action, e);
        }
    }

    public void Dispose() => http.Dispose();
}
