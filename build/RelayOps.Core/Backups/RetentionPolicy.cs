namespace RelayOps.Core.Backups;

/// <summary>How many verified backups of one server and store are kept. The rules add up: what one of them keeps is kept.</summary>
public sealed record RetentionPolicy
{
    public const int DefaultKeep = 7;

    /// <summary>The newest ones; at least 1.</summary>
    public int Keep { get; init; } = DefaultKeep;

    /// <summary>The newest of each of so many days (UTC) that have one. A pause does not count: only days with a backup do.</summary>
    public int KeepDaily { get; init; }

    /// <summary>As <see cref="KeepDaily"/>, by ISO week.</summary>
    public int KeepWeekly { get; init; }

    /// <summary>As <see cref="KeepDaily"/>, by month.</summary>
    public int KeepMonthly { get; init; }

    /// <exception cref="RelayOpsException">A number that would keep nothing, or less (<see cref="ExitStatus.WrongUse"/>).</exception>
    public void Validate()
    {
        if (Keep < 1)
            throw Wrong("--keep", Keep, "at least one verified backup is always kept", "give --keep 1 or more");
        foreach (var (name, value) in new[] { ("--keep-daily", KeepDaily), ("--keep-weekly", KeepWeekly), ("--keep-monthly", KeepMonthly) })
        {
            if (value < 0)
                throw Wrong(name, value, "a count cannot be negative", $"give {name} 0 or more");
        }
    }

    private static RelayOpsException Wrong(string name, int value, string why, string next) =>
        new($"{name} {value} is refused", why, next, ExitStatus.WrongUse);
}

/// <summary>All that retention looks at in a backup.</summary>
public sealed record RetainedBackup
{
    public required BackupId Id { get; init; }

    public required string Store { get; init; }

    /// <summary>Tells backups of one server and store apart where two have one id.</summary>
    public required string Archive { get; init; }

    /// <summary>Null without a record: an older script's, or one whose record was lost.</summary>
    public string? ServerId { get; init; }

    /// <summary>The parts in it, null for everything: a backup of some parts replaces none of a whole deployment.</summary>
    public string? Only { get; init; }

    public VerificationLevel Verified { get; init; }

    public bool Pinned { get; init; }

    /// <summary>Something was brought up from it.</summary>
    public bool IsDrilled => IsVerified && Verified >= VerificationLevel.Drill;

    public bool HasRecord => ServerId is not null;

    /// <summary>A sealed backup was verified before it was encrypted, and is in the store as it was written.</summary>
    public bool IsVerified => HasRecord && Verified >= VerificationLevel.Sealed;
}
