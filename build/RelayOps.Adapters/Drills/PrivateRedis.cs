using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using RelayOps.Core;

namespace RelayOps.Adapters.Drills;

/// <summary>A Redis on a socket in a private directory. Disposing ends it.</summary>
internal sealed class PrivateRedis(string directory, RedisLauncher launcher, RedisServerDrillOptions options) : IAsyncDisposable
{
    private const int KeptLines = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly string socket = Path.Combine(directory, "redis.sock");
    private readonly Queue<string> log = new();
    private Process? process;

    /// <summary>Starts it and waits until it has loaded what is there.</summary>
    public async Task StartAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(launcher.Program,
        [
            .. launcher.Arguments(directory), "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--daemonize", "no",
            "--pidfile", Path.Combine(directory, DrillDirectory.PidFile), "--logfile", "", .. arguments,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (await FindReplyAsync("PING", cancellationToken) != "+PONG")
        {
            if (process.HasExited)
                throw await FailureAsync(cancellationToken);
            await Task.Delay(Pause, options.Time, cancellationToken);
        }
    }

    public async Task<string> AskAsync(string command, CancellationToken cancellationToken) =>
        await FindReplyAsync(command, cancellationToken) ?? "it closed the connection";

    /// <summary>What a script of ours returns as a text; Redis' error where it fails.</summary>
    public async Task<string> EvaluateAsync(string script, int database, CancellationToken cancellationToken)
    {
        string[] words = ["EVAL", script, "0", database.ToString(CultureInfo.InvariantCulture)];
        var command = string.Concat(words.Select(word => string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n")));
        return await FindReplyAsync(string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n{command[..^2]}"), cancellationToken) ?? "it closed the connection";
    }

    /// <summary>Kills it: its data are copies, and a polite end would wait for a load that nobody wants any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        // Killing the client would leave the container.
        if (launcher.IsContainer)
            await Programs.FindOutputAsync(launcher.Program, ["rm", "-f", RedisLauncher.ContainerName(directory)], CancellationToken.None);
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        File.Delete(socket);
    }

    /// <summary>The first line of its reply, or of the text in it; null where it does not answer.</summary>
    private async Task<string?> FindReplyAsync(string command, CancellationToken cancellationToken)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            await using var stream = new NetworkStream(connection);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var line = await reader.ReadLineAsync(cancellationToken);
            return line?.StartsWith('$') == true ? await reader.ReadLineAsync(cancellationToken) : line;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // Not up yet, or gone: the process itself tells which.
            return null;
        }
    }

    private async Task<RelayOpsException> FailureAsync(CancellationToken cancellationToken)
    {
        await process!.WaitForExitAsync(cancellationToken);
        string said;
        lock (log)
            said = string.Join(" / ", log);
        // A dump from a newer server says nothing against the backup.
        return said.Contains("Can't handle RDB format version", StringComparison.Ordinal)
            ? new RelayOpsException($"{launcher.Description} cannot load the dataset", "the dump is from a newer Redis",
                "install a newer redis-server, or use --level deep", ExitStatus.WrongUse)
            : new RelayOpsException($"{launcher.Description} does not start with the dataset", said, "use another backup", ExitStatus.BadBackup);
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (log)
        {
            log.Enqueue(RedisLog.Clean(line));
            if (log.Count > KeptLines)
                log.Dequeue();
        }
    }
}
