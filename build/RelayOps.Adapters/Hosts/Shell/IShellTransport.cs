using RelayOps.Core;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>What carries command lines to a login shell: processes on this machine, the system's ssh, or SSH.NET.</summary>
internal interface IShellTransport : IAsyncDisposable
{
    string Name { get; }

    /// <summary>How long connecting and logging in may take altogether.</summary>
    TimeSpan ConnectLimit { get; }

    /// <summary>Whether it notices by itself that the other side has fallen silent.</summary>
    bool NoticesSilence { get; }

    /// <summary>Gives the connection up.</summary>
    void Break(string why);

    /// <summary>Called when a connection stands, for what a transport wants from its keeper.</summary>
    void Attach(Keeper keeper);

    /// <summary>Begins to connect, and to run <paramref name="line"/> (the keeper) in the connection's first channel.</summary>
    Task<IShellChannel> ConnectAsync(string line, CancellationToken cancellationToken);

    /// <summary>Runs a further line. Without a connection it fails as <see cref="Lost"/> says.</summary>
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

    /// <summary>Called once the process group of the command is known.</summary>
    void Attach(int group);

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
