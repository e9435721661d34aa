using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Reporting.Notifications;

/// <summary>The report itself, signed as the Standard Webhooks specification says: id, time and body, with HMAC-SHA256.</summary>
internal static class WebhookMessage
{
    private const string SecretPrefix = "whsec_";

    public static HttpRequestMessage Of(NotifierAddress address, OperationReport report, string id, DateTimeOffset now)
    {
        var body = ReportJson.Write(report);
        var request = new HttpRequestMessage(HttpMethod.Post, address.Address)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
        };
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", seconds);
        if (address.Secret is { } secret)
        {
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{seconds}."), .. body];
            request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Key(secret), signed))}");
        }

        if (address.Address.UserInfo.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.Address.UserInfo))));
        return request;
    }

    /// <summary>With its prefix it is base64, without it is the text.</summary>
    private static byte[] Key(string secret)
    {
        var encoded = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : null;
        var key = new byte[encoded?.Length ?? 0];
        return encoded is not null && Convert.TryFromBase64String(encoded, key, out var length) ? key[..length] : Encoding.UTF8.GetBytes(secret);
    }
}
