using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RelayOps.Core.Tests.Redis;

/// <summary>A redis-server of its own, on a socket in a directory of its own, gone afterwards.</summary>
internal sealed class LiveRedis : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _replies;
    private readonly NetworkStream _stream;

    private LiveRedis(string directory, Process process)
    {
        (Directory, _process) = (directory, process);
        _socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(directory, "s")));
        _stream = new NetworkStream(_socket);
        _replies = new StreamReader(_stream, Encoding.Latin1);
    }

    public string Directory { get; }

    public static async Task<LiveRedis> StartAsync(params string[] arguments)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("relayops-redis-").FullName;
        string[] all = ["--port", "0", "--unixsocket", Path.Combine(directory, "s"), "--dir", directory, "--save", "", .. arguments];
        var process = Process.Start(new ProcessStartInfo("redis-server", all) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.Contains("accept connections at", StringComparison.Ordinal) || line.Contains("accept connections unix socket", StringComparison.Ordinal))
                return new LiveRedis(directory, process);
        throw new InvalidOperationException("redis-server did not start");
    }

    /// <summary>Sends them all, then reads as many replies; those of arrays are not understood.</summary>
    public async Task<List<string>> SendAsync(IReadOnlyCollection<string[]> commands)
    {
        var text = new StringBuilder();
        foreach (var command in commands)
        {
            text.Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
            foreach (var word in command)
                text.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        }

        var sending = _stream.WriteAsync(Encoding.Latin1.GetBytes(text.ToString())).AsTask();
        var replies = new List<string>();
        for (var i = 0; i < commands.Count; i++)
            replies.Add(await ReadReplyAsync());
        await sending;
        return replies;
    }

    public async Task<string> SendAsync(params string[] command) => (await SendAsync([command]))[0];

    public async ValueTask DisposeAsync()
    {
        _replies.Dispose();
        _socket.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task<string> ReadReplyAsync()
    {
        var line = await _replies.ReadLineAsync() ?? throw new EndOfStreamException("redis-server hung up");
        if (line[0] == '-')
            throw new InvalidOperationException(line);
        if (line[0] != '$')
            return line[1..];
        var rest = new char[int.Parse(line[1..], CultureInfo.InvariantCulture) + 2];
        await _replies.ReadBlockAsync(rest);
        return new string(rest, 0, rest.Length - 2);
    }
}
