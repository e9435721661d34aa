using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RelayOps.Adapters.Reporting.Notifications;
using RelayOps.Core.Reporting;

namespace RelayOps.Adapters.Tests.Reporting.Notifications;

/// <summary>Each shape against what its service publishes.</summary>
public sealed class NotificationsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2025, 8, 5, 14, 30, 0, TimeSpan.Zero);

    private readonly Receiver receiver = new();

    public void Dispose() => receiver.Dispose();

    [Fact]
    public async Task Webhook_gets_the_report_signed()
    {
        var request = await TellAsync($"{receiver.Url}hook?a=b#whsec_{Convert.ToBase64String("the key"u8)}", Reports.Failure);

        Assert.Equal(("POST", "/hook", "a=b"), (request.Method, request.Path, request.Query));
        using var report = JsonDocument.Parse(request.Body);
        Assert.Equal("Backup", report.RootElement.GetProperty("operation").GetString());
        Assert.Equal(3, report.RootElement.GetProperty("exitStatus").GetInt32());
        Assert.Equal($"{Now.ToUnixTimeSeconds()}", request.Headers["webhook-timestamp"]);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{Now.ToUnixTimeSeconds()}."), .. request.Body];
        Assert.Equal($"v1,{Convert.ToBase64String(HMACSHA256.HashData("the key"u8, signed))}", request.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task Webhook_is_not_signed_without_a_secret_and_authenticates_with_a_user() =>
        Assert.Equal("Basic dXNlcjpwYXNzIHdvcmQ=", Assert.Single(
            (await TellAsync($"webhook:http://user:pass%20word@127.0.0.1:{receiver.Url.Port}/hook", Reports.Failure)).Headers,
            header => header.Key is "Authorization" or "webhook-signature").Value);

    [Fact]
    public async Task Slack_gets_text_that_is_no_markup()
    {
        var text = await TextAsync($"slack:{receiver.Url}services/T0/B0/x", Reports.Failure with { Verdict = "v", Error = new ReportedError("<!channel> & co", "w", "n") }, "text");

        Assert.StartsWith("❌ RelayOps Backup of tokyo: failed\n&lt;!channel&gt; &amp; co\nwhy: w\nnext: n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discord_gets_content_that_mentions_nobody()
    {
        var request = await TellAsync($"discord:{receiver.Url}api/webhooks/1/token", Reports.Failure);

        using var body = JsonDocument.Parse(request.Body);
        Assert.InRange(body.RootElement.GetProperty("content").GetString()!.Length, 20, 2000);
        Assert.Equal(0, body.RootElement.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength());
    }

    [Fact]
    public async Task Telegram_gets_chat_and_text()
    {
        var request = await TellAsync($"telegram:{receiver.Url}bot1:AA/sendMessage?chat_id=-100", Reports.Failure);

        Assert.Equal(("/bot1:AA/sendMessage", ""), (request.Path, request.Query));
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("-100", body.RootElement.GetProperty("chat_id").GetString());
        Assert.InRange(body.RootElement.GetProperty("text").GetString()!.Length, 20, 4096);
    }

    [Fact]
    public async Task Feishu_gets_text_signed_with_time_and_secret_as_key()
    {
        var request = await TellAsync($"feishu:{receiver.Url}open-apis/bot/v2/hook/x#secret", Reports.Failure);

        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("text", body.RootElement.GetProperty("msg_type").GetString());
        Assert.Contains("failed", body.RootElement.GetProperty("content").GetProperty("text").GetString(), StringComparison.Ordinal);
        var time = body.RootElement.GetProperty("timestamp").GetString();
        Assert.Equal(Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{time}\nsecret"), Array.Empty<byte>())), body.RootElement.GetProperty("sign").GetString());
        Assert.Equal($"{Now.ToUnixTimeSeconds()}", time);
    }

    [Fact]
    public async Task DingTalk_gets_text_with_the_signature_in_its_address()
    {
        var request = await TellAsync($"dingtalk:{receiver.Url}robot/send?access_token=t#SEC1", Reports.Failure);

        var time = $"{Now.ToUnixTimeMilliseconds()}";
        var sign = Convert.ToBase64String(HMACSHA256.HashData("SEC1"u8, Encoding.UTF8.GetBytes($"{time}\nSEC1")));
        Assert.Equal($"access_token=t&timestamp={time}&sign={Uri.EscapeDataString(sign)}", request.Query);
        AssertTextMessage(request);
    }

    [Fact]
    public async Task WeCom_gets_text_of_at_most_2048_bytes()
    {
        var request = await TellAsync($"wecom:{receiver.Url}cgi-bin/webhook/send?key=k",
            Reports.Failure with { Error = new ReportedError(new string('备', 900), new string('份', 900), "n") });

        AssertTextMessage(request);
    }

    [Theory]
    [InlineData("feishu", """{"code":19021,"msg":"sign match fail"}""", "19021: \"sign match fail\"")]
    [InlineData("dingtalk", """{"errcode":310000,"errmsg":"keywords not in content"}""", "310000: \"keywords not in content\"")]
    [InlineData("wecom", """{"errcode":93000,"errmsg":"invalid webhook url"}""", "93000: \"invalid webhook url\"")]
    [InlineData("wecom", "<html>", "its answer cannot be read")]
    public async Task EndAsync_tells_a_refusal_that_comes_with_status_200(string kind, string answer, string told)
    {
        receiver.Answer = (200, answer);

        var problem = Assert.Single(await EndAsync($"{kind}:{receiver.Url}secret-path", Reports.Failure));

        Assert.Contains(told, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-path", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(302)]
    public async Task EndAsync_tells_what_was_not_taken_and_follows_nobody_elsewhere(int status)
    {
        receiver.Answer = (status, "");

        var problem = Assert.Single(await EndAsync($"{receiver.Url}secret-path", Reports.Failure));

        Assert.Equal($"Webhook at 127.0.0.1 could not be told: it answered {status}", problem);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task EndAsync_gives_up_on_a_receiver_that_does_not_answer()
    {
        var never = new TaskCompletionSource();
        receiver.Until = never.Task;

        using var notifications = Notifications($"{receiver.Url}", onSuccess: false, TimeSpan.FromMilliseconds(300));
        var problem = Assert.Single(await notifications.EndAsync(Reports.Failure, CancellationToken.None));
        never.SetResult();

        Assert.Contains("no answer within", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndAsync_tells_success_only_where_it_was_asked_for()
    {
        Assert.Empty(await EndAsync($"{receiver.Url}", Reports.Backup));
        Assert.Empty(receiver.Requests);

        Assert.Empty(await EndAsync($"{receiver.Url}", Reports.Backup, onSuccess: true));
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task Healthchecks_are_pinged_at_start_success_and_failure_of_one_run()
    {
        using var notifications = Notifications($"healthchecks:{receiver.Url}ping/uuid", onSuccess: false);
        Assert.Empty(await notifications.BeginAsync("Backup", CancellationToken.None));
        Assert.Empty(await notifications.EndAsync(Reports.Backup, CancellationToken.None));
        Assert.Empty(await notifications.EndAsync(Reports.Failure, CancellationToken.None));

        Assert.Equal(["/ping/uuid/start", "/ping/uuid", "/ping/uuid/fail"], receiver.Requests.Select(request => request.Path));
        Assert.True(Guid.TryParse(Assert.Single(receiver.Requests.Select(request => request.Query).Distinct())["rid=".Length..], out _));
    }

    [Fact]
    public async Task Healthchecks_take_no_sign_of_life_from_what_no_schedule_runs()
    {
        using var notifications = Notifications($"healthchecks:{receiver.Url}ping/uuid", onSuccess: true);
        await notifications.BeginAsync("List", CancellationToken.None);
        await notifications.EndAsync(Reports.Backup with { Operation = "List" }, CancellationToken.None);

        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Mail_is_sent_with_login_and_subject()
    {
        using var server = new MailServer();

        Assert.Empty(await EndAsync($"smtp://user:pass%20word@127.0.0.1:{server.Port}/?from=relayops@example.org&to=a@example.org,b@example.org", Reports.Failure));

        var said = await server.Message;
        Assert.Contains("AUTH PLAIN " + Convert.ToBase64String("\0user\0pass word"u8), said, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<b@example.org>", said, StringComparison.Ordinal);
        Assert.Contains("Subject: RelayOps Backup of tokyo: failed", said, StringComparison.Ordinal);
        Assert.Contains("To: a@example.org, b@example.org", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_that_nobody_takes_is_told()
    {
        int port;
        using (var server = new MailServer())
            port = server.Port;

        Assert.Contains("Mail at 127.0.0.1 could not be told", Assert.Single(
            await EndAsync($"smtp://127.0.0.1:{port}/?from=a@example.org&to=b@example.org", Reports.Failure)), StringComparison.Ordinal);
    }

    private static void AssertTextMessage(Received request)
    {
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("text", body.RootElement.GetProperty("msgtype").GetString());
        Assert.InRange(Encoding.UTF8.GetByteCount(body.RootElement.GetProperty("text").GetProperty("content").GetString()!), 20, 2048);
    }

    private async Task<string?> TextAsync(string address, OperationReport report, string property)
    {
        using var body = JsonDocument.Parse((await TellAsync(address, report)).Body);
        return body.RootElement.GetProperty(property).GetString();
    }

    private async Task<Received> TellAsync(string address, OperationReport report)
    {
        Assert.Empty(await EndAsync(address, report));
        var request = Assert.Single(receiver.Requests);
        Assert.StartsWith("application/json", request.Headers["Content-Type"], StringComparison.Ordinal);
        return request;
    }

    private static async Task<IReadOnlyList<string>> EndAsync(string address, OperationReport report, bool onSuccess = false)
    {
        using var notifications = Notifications(address, onSuccess);
        return await notifications.EndAsync(report, CancellationToken.None);
    }

    private static Adapters.Reporting.Notifications.Notifications Notifications(string address, bool onSuccess, TimeSpan? patience = null) =>
        new(NotifierAddress.ParseAll(address), new NoticeOrigin("tokyo", null), onSuccess, new FakeTimeProvider(Now)) { Patience = patience ?? TimeSpan.FromSeconds(30) };
}
