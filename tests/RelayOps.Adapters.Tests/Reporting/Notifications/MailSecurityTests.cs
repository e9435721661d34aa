using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using RelayOps.Adapters.Reporting.Notifications;
using RelayOps.Adapters.Tests.Stores;
using RelayOps.Testing.Redis;

namespace RelayOps.Adapters.Tests.Reporting.Notifications;

/// <summary>Mail that cannot go over TLS to the server that was meant does not go at all: neither the message nor the login.</summary>
public sealed class MailSecurityTests : IDisposable
{
    private readonly TemporaryDirectory home = new();
    private readonly X509Certificate2 certificate;

    public MailSecurityTests()
    {
        TestCertificates.WriteTo(home["tls"], "mail");
        certificate = X509Certificate2.CreateFromPemFile(home["tls/mail.crt"], home["tls/mail.key"]);
    }

    public void Dispose()
    {
        certificate.Dispose();
        home.Dispose();
    }

    /// <summary>By an authority that this machine does not know.</summary>
    [Theory]
    [InlineData("smtps", true)]
    [InlineData("smtp", false)]
    public async Task EndAsync_sends_nothing_to_a_server_whose_certificate_nobody_vouches_for(string scheme, bool isTlsAtOnce)
    {
        using var server = new MailServer(certificate, isTlsAtOnce);

        var problem = Assert.Single(await TellAsync($"{scheme}://user:canary-password@127.0.0.1:{server.Port}"));

        Assert.Equal("Mail at 127.0.0.1 could not be told: its certificate is not to be trusted, or it talks no TLS", problem);
        AssertNothingSent(await server.Message.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    /// <summary>This machine by a name that does not tell so: STARTTLS is not left to the server.</summary>
    [Fact]
    public async Task EndAsync_sends_nothing_beyond_this_machine_to_a_server_without_TLS()
    {
        using var server = new MailServer();

        var problem = Assert.Single(await TellAsync($"smtp://user:canary-password@127.1:{server.Port}"));

        Assert.StartsWith("Mail at 127.1 could not be told", problem, StringComparison.Ordinal);
        AssertNothingSent(await server.Message.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task EndAsync_sends_nothing_by_smtps_to_a_server_that_talks_in_the_clear()
    {
        using var server = new MailServer();

        var problem = Assert.Single(await TellAsync($"smtps://user:canary-password@127.0.0.1:{server.Port}"));

        Assert.StartsWith("Mail at 127.0.0.1 could not be told", problem, StringComparison.Ordinal);
        AssertNothingSent(await server.Message.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    private static void AssertNothingSent(string said)
    {
        foreach (var word in new[] { "AUTH", "MAIL", "RCPT", "DATA", "Subject", "failed" })
            Assert.DoesNotContain(word, said, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<IReadOnlyList<string>> TellAsync(string server)
    {
        using var notifications = new Adapters.Reporting.Notifications.Notifications(NotifierAddress.ParseAll($"{server}/?from=relayops@example.org&to=a@example.org"),
            new NoticeOrigin("tokyo", null), onSuccess: false, new FakeTimeProvider())
        { Patience = TimeSpan.FromSeconds(30) };
        return await notifications.EndAsync(Reports.Failure, CancellationToken.None);
    }
}
