namespace RelayOps.Core.Hosts;

/// <summary>A machine that runs commands for us: this one, or a server behind ssh. One connection for all of them.</summary>
/// <remarks>
/// Errors: <see cref="RelayOpsException"/> with <see cref="ExitStatus.NoConnection"/> where the machine cannot be reached,
/// trusted or logged in to, or the connection was lost (then <see cref="RelayOpsException.IsTransient"/>).
/// A command's own failure is its exit status, never an exception.
/// </remarks>
public interface IHost : IAsyncDisposable
{
    /// <summary>How people know it: <c>user@host:port</c>, or <c>local</c>.</summary>
    string Name { get; }

    /// <summary>Starts a command and streams to and from it.</summary>
    Task<IRunningCommand> StartAsync(HostCommand command, CancellationToken cancellationToken);

    /// <summary>Runs a command to its end with <paramref name="input"/> as its standard input; output up to 64 MiB, else an error.</summary>
    Task<CommandResult> RunAsync(HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken);
}

/// <summary>A command that runs. Disposing it before its end stops it on its machine as well: TERM, and KILL after a grace.</summary>
public interface IRunningCommand : IAsyncDisposable
{
    /// <summary>Its standard input; disposing the stream is the end of file.</summary>
    Stream Input { get; }

    /// <summary>Its standard output. Unread output waits in the pipe and holds the command back; it is never collected in memory.</summary>
    Stream Output { get; }

    /// <summary>Waits for the end. Output that was not read is thrown away.</summary>
    Task<CommandExit> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>How a command ended.</summary>
/// <param name="Status">Its exit status, or null when a signal ended it.</param>
/// <param name="Signal">The signal's name without SIG, e.g. KILL, where the machine said it.</param>
/// <param name="Error">The last 64 KiB of its standard error.</param>
public sealed record CommandExit(int? Status, string? Signal, string Error)
{
    public bool Succeeded => Status == 0;
}

/// <summary>A finished command with all of its output as UTF-8 text.</summary>
public sealed record CommandResult(CommandExit Exit, string Output)
{
    public bool Succeeded => Exit.Succeeded;
}

public static class HostExtensions
{
    public static Task<CommandResult> RunAsync(this IHost host, HostCommand command, CancellationToken cancellationToken) =>
        host.RunAsync(command, ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <summary>For a command that may be begun again in another way.</summary>
    /// <returns>Null where it failed, or the connection broke on the way.</returns>
    public static async Task<CommandResult?> TryRunAsync(
        this IHost host, HostCommand command, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            var result = await host.RunAsync(command, input, cancellationToken);
            return result.Succeeded ? result : null;
        }
        catch (RelayOpsException exception) when (exception.IsTransient)
        {
            return null;
        }
    }
}
