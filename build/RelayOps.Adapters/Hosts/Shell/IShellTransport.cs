using RelayOps.Core;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>What carries command lines to a login shell: processes on this machine, the system's ssh, or SSH.NET.</summary>
internal interface IShellTransport : IAsyncDisposable
{
    string Name { get; }

    /// <summary>How long connecting and logging in may take altogether.</summary>
    TimeSpan ConnectLimit { get; }

    /// <summary>Begins to connect, and to run <paramref name="line"/> (the keeper) in the connection's first channel.</summary>
    Task<IShellChannel> ConnectAsync(string line, CancellationToken cancellationToken);

    Task<IShellChannel> OpenAsync(string line, CancellationToken cancellationToken);

    /// <summary>Why there is no connection, as far as it is known: it never came about, or it was lost.</summary>
    RelayOpsException Lost();
}

/// <summary>One command line that runs: its streams, raw, and its end.</summary>
internal interface IShellChannel : IAsyncDisposable
{
    Stream Input { get; }

    Stream Output { get; }

    ErrorTail Error { get; }

    /// <summary>Never fails: a lost connection is an outcome like the others.</summary>
    Task<ChannelExit> Completion { get; }

    /// <summary>Lets go of it at once, whatever becomes of the command.</summary>
    void Abort();
}

internal enum ChannelOutcome
{
    Exited,
    Signalled,

    /// <summary>The server allows no further session on this connection.</summary>
    Refused,
    Lost,
}

internal sealed record ChannelExit(ChannelOutcome Outcome, int? Status = null, string? Signal = null);
