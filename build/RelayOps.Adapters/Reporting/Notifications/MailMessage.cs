using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace RelayOps.Adapters.Reporting.Notifications;

/// <summary>By SMTP: <c>smtps</c> is TLS from the start, <c>smtp</c> demands STARTTLS beyond this machine.</summary>
internal static class MailMessage
{
    public static async Task SendAsync(NotifierAddress address, string subject, string text, TimeSpan patience, CancellationToken cancellationToken)
    {
        var uri = address.Address;
        using var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text } };
        message.From.Add(MailboxAddress.Parse(NotifierAddress.Query(uri, "from")!));
        message.To.AddRange(NotifierAddress.Query(uri, "to")!.Split(',').Select(MailboxAddress.Parse));
        // As for whatever is told over https: a list of what was revoked is seldom within reach, and an authority of one's own has none.
        using var client = new SmtpClient { Timeout = (int)patience.TotalMilliseconds, CheckCertificateRevocation = false };
        var security = uri.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect
            : uri.IsLoopback ? SecureSocketOptions.StartTlsWhenAvailable : SecureSocketOptions.StartTls;
        await client.ConnectAsync(uri.Host, uri.Port > 0 ? uri.Port : uri.Scheme == "smtps" ? 465 : 587, security, cancellationToken);
        if (uri.UserInfo.Split(':', 2) is [var user, var password])
            await client.AuthenticateAsync(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password), cancellationToken);
        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }
}
