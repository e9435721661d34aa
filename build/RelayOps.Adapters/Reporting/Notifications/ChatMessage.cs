using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RelayOps.Adapters.Reporting.Notifications;

/// <summary>The same text in the form that each service takes.</summary>
/// <remarks>
/// Sources: Slack "Incoming webhooks", Discord "Execute Webhook", Telegram "sendMessage", Feishu "Custom bot", DingTalk "Custom robot",
/// WeCom "Group robot". Feishu, DingTalk and WeCom answer 200 with a code of their own where they refuse.
/// </remarks>
internal static class ChatMessage
{
    public static HttpRequestMessage Of(NotifierAddress address, string text, DateTimeOffset now) => address.Kind switch
    {
        NotifierKind.Slack => Post(address.Address, new JsonObject { ["text"] = ForSlack(text) }),
        // No ping of @everyone by what a server has printed.
        NotifierKind.Discord => Post(address.Address, new JsonObject { ["content"] = text, ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() } }),
        NotifierKind.Telegram => Telegram(address.Address, text),
        NotifierKind.Feishu => Feishu(address, text, now),
        NotifierKind.DingTalk => Post(Signed(address, now), Nested("msgtype", "content", text)),
        NotifierKind.WeCom => Post(address.Address, Nested("msgtype", "content", text)),
        _ => throw new ArgumentOutOfRangeException(nameof(address), address.Kind, "no chat"),
    };

    /// <summary>Why it was refused, in the service's own words; null where it was taken.</summary>
    public static string? FindRefusal(NotifierKind kind, string answer)
    {
        if (kind is not (NotifierKind.Feishu or NotifierKind.DingTalk or NotifierKind.WeCom))
            return null;
        try
        {
            var json = JsonNode.Parse(answer) as JsonObject;
            var code = json?[kind == NotifierKind.Feishu ? "code" : "errcode"] ?? json?["StatusCode"];
            var message = json?[kind == NotifierKind.Feishu ? "msg" : "errmsg"];
            return code?.GetValue<long>() == 0 ? null : $"it answered {code?.ToJsonString() ?? "nothing known"}: {message?.ToJsonString()}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return "its answer cannot be read";
        }
    }

    private static JsonObject Nested(string type, string content, string text) => new() { [type] = "text", ["text"] = new JsonObject { [content] = text } };

    private static string ForSlack(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static HttpRequestMessage Telegram(Uri address, string text) => Post(new UriBuilder(address) { Query = "" }.Uri, new JsonObject
    {
        ["chat_id"] = NotifierAddress.Query(address, "chat_id"),
        ["text"] = text,
        ["link_preview_options"] = new JsonObject { ["is_disabled"] = true },
    });

    /// <summary>Signed with the time and the secret together as the key, over nothing.</summary>
    private static HttpRequestMessage Feishu(NotifierAddress address, string text, DateTimeOffset now)
    {
        var message = new JsonObject { ["msg_type"] = "text", ["content"] = new JsonObject { ["text"] = text } };
        if (address.Secret is { } secret)
        {
            var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            message["timestamp"] = seconds;
            message["sign"] = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{seconds}\n{secret}"), Array.Empty<byte>()));
        }

        return Post(address.Address, message);
    }

    private static Uri Signed(NotifierAddress address, DateTimeOffset now)
    {
        if (address.Secret is not { } secret)
            return address.Address;
        var milliseconds = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{milliseconds}\n{secret}")));
        var query = address.Address.Query.TrimStart('?');
        return new UriBuilder(address.Address) { Query = $"{query}{(query.Length > 0 ? "&" : "")}timestamp={milliseconds}&sign={Uri.EscapeDataString(sign)}" }.Uri;
    }

    private static HttpRequestMessage Post(Uri address, JsonObject body) => new(HttpMethod.Post, address)
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
    };
}
