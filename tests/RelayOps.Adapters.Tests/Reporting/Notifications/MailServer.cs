using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RelayOps.Adapters.Tests.Reporting.Notifications;

/// <summary>An SMTP server on loopback that takes one message.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public MailServer()
    {
        listener.Start();
        Message = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Every line that the client sent.</summary>
    public Task<string> Message { get; }

    public void Dispose() => listener.Dispose();

    private async Task<string> ServeAsync()
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        var said = new StringBuilder();
        await writer.WriteLineAsync("220 test");
        for (var inData = false; await reader.ReadLineAsync() is { } line;)
        {
            said.AppendLine(line);
            if (inData && line != ".")
                continue;
            var verb = inData ? "." : line.Split(' ')[0].ToUpperInvariant();
            inData = verb == "DATA";
            await writer.WriteLineAsync(verb switch { "EHLO" => "250-test\r\n250 AUTH PLAIN", "DATA" => "354 go on", "QUIT" => "221 bye", "AUTH" => "235 ok", _ => "250 ok" });
            if (verb == "QUIT")
                break;
        }

        return said.ToString();
    }
}
