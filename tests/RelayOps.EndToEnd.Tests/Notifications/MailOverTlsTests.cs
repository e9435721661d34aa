using System.Security.Cryptography.X509Certificates;
using RelayOps.Adapters.Tests.Reporting.Notifications;
using RelayOps.EndToEnd.Tests.Running;
using RelayOps.Testing.Redis;
using RelayOps.Testing.Ssh;

namespace RelayOps.EndToEnd.Tests.Notifications;

/// <summary>Mail to a server whose authority the machine knows, which is told to a run by the variables that OpenSSL reads.</summary>
public sealed class MailOverTlsTests : IDisposable
{
    private const string Password = "canary-mail-7d20";

    private readonly TestDirectory _home = TestDirectory.Create("relayops-mail-");

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("smtps", true)]
    [InlineData("smtp", false)]
    public async Task Verify_that_fails_is_told_by_mail_and_none_of_it_in_the_clear(string scheme, bool isTlsAtOnce)
    {
        TestCertificates.WriteTo(_home.File("tls"), "mail");
        using var certificate = X509Certificate2.CreateFromPemFile(_home.File("tls/mail.crt"), _home.File("tls/mail.key"));
        using var server = new MailServer(certificate, isTlsAtOnce);
        var environment = new Dictionary<string, string>
        {
            ["SSL_CERT_FILE"] = _home.File("tls/ca.crt"),
            ["NOTIFY"] = $"{scheme}://user:{Password}@127.0.0.1:{server.Port}/?from=relayops@example.org&to=ops@example.org",
        };

        await using var process = RelayOpsProcess.Start(environment, "Verify", "--backup-directory", _home.File("nothing"), "--report", _home.File("report.json"));
        var result = await process.WaitAsync();

        Assert.True(result.ExitCode == 4, result.ToString());
        Assert.DoesNotContain("could not be told", result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, result.ToString(), StringComparison.Ordinal);
        var said = await server.Message.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Contains("Subject: RelayOps Verify: failed", said, StringComparison.Ordinal);
        Assert.Equal(isTlsAtOnce ? 0 : 2, said.Split('\n').Count(line => line.StartsWith('?')));
        Assert.DoesNotContain("?AUTH", said, StringComparison.Ordinal);
    }
}
