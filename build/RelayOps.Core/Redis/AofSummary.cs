namespace RelayOps.Core.Redis;

/// <summary>What an append-only file was found to hold. An AOF has no checksum: that its commands are complete does not prove that they are the ones written.</summary>
public sealed record AofSummary
{
    /// <summary>Of the whole file, a torn tail included.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>Complete commands, MULTI and EXEC among them; those of a transaction without an end are not counted.</summary>
    public required long Commands { get; init; }

    /// <summary>Where Redis would cut the file off: the end of the last complete command or transaction. Null when it is whole.</summary>
    public long? TornAt { get; init; }

    /// <summary>Bytes from there to the end.</summary>
    public long TornBytes { get; init; }

    /// <summary>The RDB that the file begins with, or is; null for one of commands alone.</summary>
    public RdbSummary? Preamble { get; init; }
}
