using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RelayOps.Adapters.Tests.Reporting.Notifications;

/// <summary>An SMTP server on loopback that takes one message.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? certificate;
    private readonly bool isTlsAtOnce;

    /// <param name="certificate">Null where it knows no TLS.</param>
    /// <param name="isTlsAtOnce">Else by STARTTLS.</param>
    public MailServer(X509Certificate2? certificate = null, bool isTlsAtOnce = false)
    {
        (this.certificate, this.isTlsAtOnce) = (certificate, isTlsAtOnce);
        listener.Start();
        Message = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Every line that the client sent; those that anybody on the way could have read begin with a question mark.</summary>
    public Task<string> Message { get; }

    public void Dispose() => listener.Dispose();

    private async Task<string> ServeAsync()
    {
        using var client = await listener.AcceptTcpClientAsync();
        var said = new StringBuilder();
        try
        {
            Stream stream = client.GetStream();
            if (isTlsAtOnce)
                stream = await SecureAsync(stream);
            await WriteAsync(stream, "220 test");
            while (await ConverseAsync(stream, said))
                stream = await SecureAsync(stream);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            said.AppendLine("(the client hung up)");
        }

        return said.ToString();
    }

    /// <returns>Whether the client wants to go on in TLS.</returns>
    private async Task<bool> ConverseAsync(Stream stream, StringBuilder said)
    {
        for (var inData = false; await ReadLineAsync(stream) is { } line;)
        {
            said.AppendLine(certificate is null || stream is SslStream ? line : $"?{line}");
            if (inData && line != ".")
                continue;
            var verb = inData ? "." : line.Split(' ')[0].ToUpperInvariant();
            inData = verb == "DATA";
            var offer = certificate is not null && stream is not SslStream ? "250-STARTTLS\r\n" : "";
            await WriteAsync(stream, verb switch
            {
                "EHLO" => $"250-test\r\n{offer}250 AUTH PLAIN",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                "AUTH" => "235 ok",
                "STARTTLS" => "220 go on",
                _ => "250 ok",
            });
            if (verb is "QUIT" or "STARTTLS")
                return verb == "STARTTLS";
        }

        return false;
    }

    private async Task<SslStream> SecureAsync(Stream stream)
    {
        var secured = new SslStream(stream);
        await secured.AuthenticateAsServerAsync(certificate!, clientCertificateRequired: false, checkCertificateRevocation: false);
        return secured;
    }

    private static Task WriteAsync(Stream stream, string answer) => stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n")).AsTask();

    /// <summary>Byte by byte: what follows may be TLS already.</summary>
    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) > 0)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        return null;
    }
}
