using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using MailKit;
using RelayOps.Core;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting.Notifications;

/// <summary>Tells the outcome of a run wherever it was asked for. What cannot be told is a warning: the operation has happened by now.</summary>
/// <param name="addresses">Of <c>--notify</c>.</param>
/// <param name="onSuccess">Failures are always told.</param>
public sealed class Notifications(IReadOnlyList<NotifierAddress> addresses, NoticeOrigin origin, bool onSuccess, TimeProvider time) : IDisposable
{
    // A redirect would hand the report, and what is in the address, to somebody else.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly string _run = Guid.NewGuid().ToString();

    /// <summary>With any one receiver.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Targets that a schedule runs: only these are signs of life, or a List by hand would hide that no backup was made.</summary>
    private static readonly ImmutableArray<string> SignsOfLife = ["Backup", "Verify", "Status"];

    /// <summary>Tells the dead man's switches that a run began, so that they notice one that never ends.</summary>
    /// <returns>What could not be told, as sentences.</returns>
    public Task<ImmutableArray<string>> BeginAsync(string operation, CancellationToken cancellationToken) => SignsOfLife.Contains(operation)
        ? AllAsync(addresses.Where(address => address.Kind == NotifierKind.Healthchecks), (address, limited) => PingAsync(address, "/start", "", limited), cancellationToken)
        : Task.FromResult(ImmutableArray<string>.Empty);

    /// <param name="report">Masked and neutralised.</param>
    /// <returns>What could not be told, as sentences.</returns>
    public Task<ImmutableArray<string>> EndAsync(OperationReport report, CancellationToken cancellationToken)
    {
        var failed = report.ExitStatus != (int)ExitStatus.Done;
        var text = NoticeText.Of(report, origin);
        return AllAsync(addresses.Where(address => address.Kind == NotifierKind.Healthchecks ? SignsOfLife.Contains(report.Operation) : failed || onSuccess),
            (address, limited) => address.Kind switch
            {
                NotifierKind.Healthchecks => PingAsync(address, failed ? "/fail" : "", text, limited),
                NotifierKind.Mail => MailMessage.SendAsync(address, NoticeText.Subject(report, origin), text, Patience, limited),
                NotifierKind.Webhook => SendAsync(address, () => WebhookMessage.Of(address, report, _run, time.GetUtcNow()), limited),
                _ => SendAsync(address, () => ChatMessage.Of(address, text, time.GetUtcNow()), limited),
            }, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Side by side: the slowest of them is what a run waits for.</summary>
    private async Task<ImmutableArray<string>> AllAsync(IEnumerable<NotifierAddress> addresses, Func<NotifierAddress, CancellationToken, Task> tell, CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(addresses.Select(address => TryAsync(address, tell, cancellationToken)))).OfType<string>()];

    private async Task<string?> TryAsync(NotifierAddress address, Func<NotifierAddress, CancellationToken, Task> tell, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await tell(address, patience.Token);
            return null;
        }
        catch (Exception e) when (IsExpected(e))
        {
            return $"{address.Name} could not be told: {WhyOf(e)}";
        }
    }

    /// <summary>The message may repeat the address, and that is a secret.</summary>
    private string WhyOf(Exception e) => e switch
    {
        OperationCanceledException => $"no answer within {Patience.TotalSeconds:0} s",
        RefusedException => e.Message,
        { InnerException: System.Security.Authentication.AuthenticationException } => "its certificate is not to be trusted, or it talks no TLS",
        _ => (e.InnerException ?? e).GetType().Name,
    };

    private static bool IsExpected(Exception e) => e is HttpRequestException or OperationCanceledException or RefusedException or IOException or SocketException
        or CommandException or ProtocolException or ServiceNotConnectedException or ServiceNotAuthenticatedException
        or MailKit.Security.AuthenticationException or MailKit.Security.SslHandshakeException or MimeKit.ParseException or NotSupportedException or ArgumentException;

    private Task PingAsync(NotifierAddress address, string suffix, string text, CancellationToken cancellationToken)
    {
        var ping = new UriBuilder(address.Address) { Path = address.Address.AbsolutePath.TrimEnd('/') + suffix, Query = $"rid={_run}" }.Uri;
        return SendAsync(address, () => new HttpRequestMessage(HttpMethod.Post, ping) { Content = new StringContent(text, Encoding.UTF8, "text/plain") }, cancellationToken);
    }

    private async Task SendAsync(NotifierAddress address, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var request = make();
        using var response = await _client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new RefusedException($"it answered {(int)response.StatusCode}");
        if (ChatMessage.FindRefusal(address.Kind, await response.Content.ReadAsStringAsync(cancellationToken)) is { } refusal)
            throw new RefusedException(refusal);
    }

    private sealed class RefusedException(string message) : Exception(message);
}
