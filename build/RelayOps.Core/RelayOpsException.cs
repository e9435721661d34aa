namespace RelayOps.Core;

/// <summary>What a RelayOps process ends with. The numbers are the contract's.</summary>
public enum ExitStatus
{
    Done = 0,

    /// <summary>Failed; nothing was changed, or it was put back.</summary>
    Failed = 1,

    /// <summary>Wrong use: parameter, configuration, missing tool.</summary>
    WrongUse = 2,

    /// <summary>Could not connect, authenticate or trust the host.</summary>
    NoConnection = 3,

    /// <summary>A backup is missing, damaged or cannot be decrypted.</summary>
    BadBackup = 4,

    /// <summary>Failed and was rolled back; the service runs on its former data.</summary>
    RolledBack = 5,

    /// <summary>Failed and could not be rolled back.</summary>
    Stuck = 6,

    /// <summary>Another operation holds the deployment.</summary>
    Locked = 7,

    /// <summary>SIGINT, after cleaning up.</summary>
    Interrupted = 130,

    /// <summary>SIGTERM, after cleaning up.</summary>
    Terminated = 143,
}

/// <summary>An error an operator can act on: what failed, why, and what to do next. Never carries a secret.</summary>
public sealed class RelayOpsException : Exception
{
    public RelayOpsException(string what, string why, string next, ExitStatus status = ExitStatus.Failed, Exception? inner = null)
        : base($"{what}: {why} ({next})", inner)
    {
        What = what;
        Why = why;
        Next = next;
        Status = status;
    }

    public string What { get; }

    /// <summary>For an operator: where in the program it was thrown says nothing they can act on.</summary>
    public override string ToString() => Message;

    public string Why { get; }

    public string Next { get; }

    public ExitStatus Status { get; }

    /// <summary>What would open an archive was not given; what was given belongs to something else. Decided by the adapter that met the error.</summary>
    public bool LacksKey { get; init; }

    /// <summary>The same step may succeed when it is tried again. Decided by the adapter that met the error.</summary>
    public bool IsTransient { get; init; }
}
