using System.Text;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>The small streams of commands that run to their end.</summary>
internal static class ShellStreams
{
    private const int MaxOutput = 64 * 1024 * 1024;

    public static async Task FeedAsync(Stream stream, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        await SendAsync(stream, input, cancellationToken).ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    public static async Task SendAsync(Stream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A command need not read its input; its exit status says how it went.
        }
    }

    public static async Task<string> ReadAsync(Stream stream, HostCommand command, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (text.Length + read > MaxOutput)
                throw new RelayOpsException($"'{command.Program}' printed too much", $"more than {MaxOutput >> 20} MiB came where a short answer was due",
                    "look at what the command prints on the server");
            text.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>Runs it to its end with <paramref name="input"/> as its standard input.</summary>
    public static async Task<CommandResult> FinishAsync(
        IRunningCommand running, HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        await using (running.ConfigureAwait(false))
        {
            var fed = FeedAsync(running.Input, input, cancellationToken);
            var output = await ReadAsync(running.Output, command, cancellationToken).ConfigureAwait(false);
            var exit = await running.WaitAsync(cancellationToken).ConfigureAwait(false);
            await fed.ConfigureAwait(false);
            return new CommandResult(exit, output);
        }
    }
}
